alter table audit.entry enable row level security;
alter table audit.entry force row level security;
drop policy if exists tenant_isolation on audit.entry;
create policy tenant_isolation on audit.entry
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));
