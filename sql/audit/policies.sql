alter table audit.entry enable row level security;
alter table audit.entry force row level security;
drop policy if exists tenant_isolation on audit.entry;
create policy tenant_isolation on audit.entry
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table audit.head enable row level security;
alter table audit.head force row level security;
drop policy if exists tenant_isolation on audit.head;
create policy tenant_isolation on audit.head
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table audit.anchor enable row level security;
alter table audit.anchor force row level security;
drop policy if exists tenant_isolation on audit.anchor;
create policy tenant_isolation on audit.anchor
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

-- These belong to no tenant: without a policy nobody sees a row but who passes row security.
alter table audit.audited_table enable row level security;
alter table audit.audited_table force row level security;
alter table audit.signing_key enable row level security;
alter table audit.signing_key force row level security;
