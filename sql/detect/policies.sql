alter table detect.feature_set enable row level security;
alter table detect.feature_set force row level security;
drop policy if exists tenant_isolation on detect.feature_set;
create policy tenant_isolation on detect.feature_set
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table detect.feature enable row level security;
alter table detect.feature force row level security;
drop policy if exists tenant_isolation on detect.feature;
create policy tenant_isolation on detect.feature
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table detect.policy enable row level security;
alter table detect.policy force row level security;
drop policy if exists tenant_isolation on detect.policy;
create policy tenant_isolation on detect.policy
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table detect.model enable row level security;
alter table detect.model force row level security;
drop policy if exists tenant_isolation on detect.model;
create policy tenant_isolation on detect.model
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table detect.anomaly enable row level security;
alter table detect.anomaly force row level security;
drop policy if exists tenant_isolation on detect.anomaly;
create policy tenant_isolation on detect.anomaly
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table detect.feature_change enable row level security;
alter table detect.feature_change force row level security;
drop policy if exists tenant_isolation on detect.feature_change;
create policy tenant_isolation on detect.feature_change
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

alter table detect.score_change enable row level security;
alter table detect.score_change force row level security;
drop policy if exists tenant_isolation on detect.score_change;
create policy tenant_isolation on detect.score_change
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

-- Not forced: a continuous aggregate's refresh runs as the owner and would silently see nothing.
alter table detect.device_feature enable row level security;
drop policy if exists tenant_isolation on detect.device_feature;
create policy tenant_isolation on detect.device_feature
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));

-- Not forced: a continuous aggregate's refresh runs as the owner and would silently see nothing.
alter table detect.score enable row level security;
drop policy if exists tenant_isolation on detect.score;
create policy tenant_isolation on detect.score
  using (tenant_id = (select auth.tenant_id()))
  with check (tenant_id = (select auth.tenant_id()));
