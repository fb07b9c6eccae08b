create or replace function alerting.account_channel(out tenant_id int, out channel_id int)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  select c.tenant_id, c.channel_id into account_channel.tenant_id, account_channel.channel_id
  from alerting.channel c
  join fleet.tenant t on t.tenant_id = c.tenant_id and t.name = 'platform' and t.active
  where c.name = 'accounts' and c.kind = 'email' and c.enabled and c.disabled_at is null;
  if account_channel.channel_id is null then
    raise sqlstate 'PT409' using
      message = 'no mail can be sent to people',
      hint = 'A platform_admin makes a channel named accounts of kind email in tenant platform, with POST /rpc/save_channel.';
  end if;
end
$$;
comment on function alerting.account_channel() is
'The channel over which people get links to choose a password: the one named accounts, of kind email, of the tenant named platform. PT409 when there is none or it is off. Owned by vigil_jobs: who asks may have no tenant.';
