create or replace function auth.role_in(account uuid, tenant int) returns text
language sql stable
as $$
  select case when auth.is_staff(account) then 'platform_admin'
    else (select m.role from auth.memberships_of(account) m where m.tenant_id = t.tenant_id) end
  from fleet.tenant t
  where t.tenant_id = tenant and t.active
$$;
comment on function auth.role_in(uuid, int) is
'As what an account may enter a tenant now: its membership''s role; platform staff are platform_admin in each. Null when it may not, or the tenant is not active.';
