alter table auth.login enable row level security;
-- Read by auth.tenant_id() as the owner, so this table alone is not forced: the policy would ask itself for the tenant.
drop policy if exists tenant_isolation on auth.login;
create policy tenant_isolation on auth.login
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));
