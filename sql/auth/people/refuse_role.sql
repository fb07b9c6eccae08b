create or replace function auth.refuse_role(tenant int, role text) returns void
language plpgsql stable
as $$
begin
  if auth.role_rank(role) is null then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('there is no role "%s"', pg_catalog.left(role, 100)),
      hint = 'Use viewer, analyst, operator or tenant_admin.';
  elsif role = 'platform_admin' and not exists (select from fleet.tenant t where t.tenant_id = tenant and t.name = 'platform') then
    raise exception using
      errcode = '22023',
      message = 'platform_admin is a role of the tenant platform alone',
      hint = 'Use viewer, analyst, operator or tenant_admin.';
  elsif auth.role_rank(role) > coalesce(auth.role_rank(auth.claims() ->> 'role'), 0) then
    raise exception using
      errcode = '42501',
      message = 'the role is above your own',
      hint = 'Ask a platform_admin.';
  end if;
end
$$;
comment on function auth.refuse_role(int, text) is
'Whether whoever asks may give or take a role in a tenant: 22023 for one that is not there, 42501 for one above their own.';
