create or replace function alerting.clear_gone_condition() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform alerting.clear_condition(new.tenant_id, format('channel:%s:gone', new.channel_id));
  return null;
end
$$;
comment on function alerting.clear_gone_condition() is
'Ends the alert about a channel whose receiver was gone, once it is turned on again.';

create or replace trigger _500_clear_gone_condition
  after update of disabled_at on alerting.channel
  for each row when (old.disabled_at is not null and new.disabled_at is null)
  execute function alerting.clear_gone_condition();
