alter table alerting.channel enable row level security;
alter table alerting.channel force row level security;
drop policy if exists tenant_isolation on alerting.channel;
create policy tenant_isolation on alerting.channel
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.rule enable row level security;
alter table alerting.rule force row level security;
drop policy if exists tenant_isolation on alerting.rule;
create policy tenant_isolation on alerting.rule
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.rule_channel enable row level security;
alter table alerting.rule_channel force row level security;
drop policy if exists tenant_isolation on alerting.rule_channel;
create policy tenant_isolation on alerting.rule_channel
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.alert enable row level security;
alter table alerting.alert force row level security;
drop policy if exists tenant_isolation on alerting.alert;
create policy tenant_isolation on alerting.alert
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table alerting.notification enable row level security;
alter table alerting.notification force row level security;
drop policy if exists tenant_isolation on alerting.notification;
create policy tenant_isolation on alerting.notification
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));
