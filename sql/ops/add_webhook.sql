create or replace function ops.add_webhook(tenant text, channel text, url text, secret_ref text) returns int
language plpgsql
as $$
declare
  v_tenant_id int;
  v_channel_id int;
begin
  select t.tenant_id into v_tenant_id from fleet.tenant t where t.name = tenant;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('tenant "%s" does not exist', tenant),
      hint = 'select name from fleet.tenant lists the tenants.';
  end if;
  insert into alerting.channel (tenant_id, name, kind, url, secret_ref)
  values (v_tenant_id, channel, 'webhook', add_webhook.url, add_webhook.secret_ref)
  returning channel_id into v_channel_id;
  insert into alerting.rule_channel (tenant_id, rule_id, channel_id)
  select r.tenant_id, r.rule_id, v_channel_id
  from alerting.rule r
  where r.tenant_id = v_tenant_id;
  return v_channel_id;
end
$$;
comment on function ops.add_webhook(text, text, text, text) is
'Adds a webhook channel to a tenant and lets all its rules notify it. secret_ref names a file in the worker''s secrets directory. Returns channel_id. For DBAs.';
