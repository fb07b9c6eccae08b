create or replace function auth.memberships_of(account uuid) returns table (tenant_id int, name text, role text)
language sql stable
as $$
  select m.tenant_id, t.name, m.role
  from auth.membership m
  join fleet.tenant t on t.tenant_id = m.tenant_id
  where m.account_id = memberships_of.account and m.active and t.active and (m.role <> 'platform_admin' or t.name = 'platform')
$$;
comment on function auth.memberships_of(uuid) is
'The active tenants where an account works, and as what.';
