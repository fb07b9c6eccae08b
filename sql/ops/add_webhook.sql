drop function if exists ops.add_webhook(text, text, text, text);
create or replace function ops.add_webhook(tenant text, channel text, url text, secret_ref text, allow_http boolean default false) returns int
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
  insert into alerting.channel (tenant_id, name, kind, config, secret_ref, allow_http)
  values (v_tenant_id, channel, 'webhook', pg_catalog.jsonb_build_object('url', add_webhook.url),
    case when add_webhook.secret_ref ~ '^(env|file):' then add_webhook.secret_ref else 'file:' || add_webhook.secret_ref end,
    add_webhook.allow_http)
  returning channel_id into v_channel_id;
  return v_channel_id;
end
$$;
comment on function ops.add_webhook(text, text, text, text, boolean) is
'Adds a webhook channel to a tenant; incidents that no route takes go to it. secret_ref is file:… below the worker''s secrets directory (file: may be left out) or env:VIGIL_SECRET_… in its environment. allow_http: the receiver may be reached without TLS. Returns channel_id. For DBAs. 42704 without such a tenant, 22023 for a URL that cannot be used, 23505 when the tenant has a channel of the name.';
