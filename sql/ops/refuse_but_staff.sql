create or replace function ops.refuse_but_staff() returns void
language plpgsql stable
as $$
begin
  if auth.claims() ->> 'role' is distinct from 'platform_admin'
    or not exists (
      select from fleet.tenant t where t.tenant_id = (auth.claims() ->> 'tenant_id')::int and t.name = 'platform' and t.active)
  then
    raise exception using
      errcode = '42501',
      message = 'this is for the platform''s staff',
      hint = 'Use a token of role platform_admin in the tenant "platform"; POST /rpc/switch_tenant leads back there.';
  end if;
end
$$;
comment on function ops.refuse_but_staff() is
'Raises 42501 unless the current request has a token of role platform_admin in the tenant named platform. No SQL login has one.';
