alter table auth.login enable row level security;
-- Read by auth.tenant_id() as the owner, so this table alone is not forced: the policy would ask itself for the tenant.
drop policy if exists tenant_isolation on auth.login;
create policy tenant_isolation on auth.login
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table auth.membership enable row level security;
alter table auth.membership force row level security;
drop policy if exists tenant_isolation on auth.membership;
create policy tenant_isolation on auth.membership
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table auth.api_key enable row level security;
alter table auth.api_key force row level security;
drop policy if exists tenant_isolation on auth.api_key;
create policy tenant_isolation on auth.api_key
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table auth.rate_limit enable row level security;
alter table auth.rate_limit force row level security;
drop policy if exists tenant_isolation on auth.rate_limit;
create policy tenant_isolation on auth.rate_limit
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

-- These belong to no tenant: without a policy nobody sees a row but who passes row security.
alter table auth.account enable row level security;
alter table auth.account force row level security;
alter table auth.session enable row level security;
alter table auth.session force row level security;
alter table auth.refresh_token enable row level security;
alter table auth.refresh_token force row level security;
alter table auth.one_time_token enable row level security;
alter table auth.one_time_token force row level security;
alter table auth.recovery_code enable row level security;
alter table auth.recovery_code force row level security;
alter table auth.login_attempt enable row level security;
alter table auth.login_attempt force row level security;
alter table auth.blocked_password enable row level security;
alter table auth.blocked_password force row level security;
alter table auth.reset_request enable row level security;
alter table auth.reset_request force row level security;
alter table auth.setting enable row level security;
alter table auth.setting force row level security;
