-- migrate:up
set local role vigil_owner;

create table ops.retention_object (
  object text primary key constraint object_is_word check (object ~ '^[a-z_]+$'),
  position int not null constraint retention_object_position_unique unique,
  relation text not null,
  description text not null,
  minimum interval,
  maximum interval,
  constraint limits_in_order check (minimum <= maximum),
  constraint limits_come_together check ((minimum is null) = (maximum is null))
);
comment on table ops.retention_object is 'What ages, where it is kept, and between which limits tenants choose how long. Without limits it is the platform''s alone.';
comment on column ops.retention_object.minimum is 'Tenants choose no less through the API, so that windows, training and explanations find what they need. A DBA''s row in ops.retention_policy is not bound by it.';

create table ops.retention_policy (
  policy_id int generated always as identity primary key,
  tenant_id int references fleet.tenant (tenant_id) on delete cascade,
  profile_id int,
  object text not null references ops.retention_object (object),
  hot interval not null constraint hot_at_least_an_hour check (hot >= interval '1 hour'),
  warm interval,
  cold interval,
  enabled boolean not null default true,
  by_tenant boolean not null default false,
  reason text not null constraint reason_is_given check (reason ~ '[^[:space:]]' and pg_catalog.length(reason) <= 1000),
  changed_at timestamptz not null default now(),
  changed_by text not null default session_user,
  foreign key (tenant_id, profile_id) references fleet.profile (tenant_id, profile_id) on delete cascade,
  constraint retention_policy_one_per_scope unique nulls not distinct (tenant_id, profile_id, object),
  constraint profile_belongs_to_tenant check (profile_id is null or tenant_id is not null),
  constraint warm_and_cold_need_the_archive check (warm is null and cold is null)
);
comment on table ops.retention_policy is 'How long an object is kept. The row with the narrowest scope decides: a profile''s, else the tenant''s, else the one for all tenants. Chunks go as a whole, so readings and features are kept up to a day longer and scores up to a week.';
comment on column ops.retention_policy.tenant_id is 'Null: all tenants that have no row of their own.';
comment on column ops.retention_policy.profile_id is 'Null: all profiles that have no row of their own.';
comment on column ops.retention_policy.hot is 'How long rows stay. What is older is removed.';
comment on column ops.retention_policy.warm is 'How much longer rows stay in a compact form. Null until there is an archive, so that nobody relies on what would be removed.';
comment on column ops.retention_policy.cold is 'How much longer rows stay in files. Null until there is an archive.';
comment on column ops.retention_policy.by_tenant is 'Set through the API. Tenants change these, and not what a DBA set for them.';
comment on column ops.retention_policy.enabled is 'false: what the row covers is kept for ever. It does not fall to the wider policy; to let that decide, delete the row.';

create table ops.legal_hold (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  hold_id int generated always as identity,
  device_id int,
  stream_id int,
  from_ts timestamptz,
  to_ts timestamptz,
  reason text not null constraint reason_is_given check (reason ~ '[^[:space:]]' and pg_catalog.length(reason) <= 1000),
  placed_by text not null default session_user,
  placed_at timestamptz not null default now(),
  released_by text,
  released_at timestamptz,
  primary key (tenant_id, hold_id),
  foreign key (tenant_id, device_id) references fleet.device (tenant_id, device_id) on delete cascade,
  foreign key (tenant_id, stream_id) references fleet.stream (tenant_id, stream_id) on delete cascade,
  constraint hold_range_in_order check (from_ts <= to_ts),
  constraint device_or_stream check (device_id is null or stream_id is null),
  constraint released_by_someone check ((released_at is null) = (released_by is null))
);
comment on table ops.legal_hold is 'What nothing may remove until it is released: everything of a tenant, or what belongs to one device or stream, in a range of time.';
comment on column ops.legal_hold.from_ts is 'First instant covered; null: from the beginning.';
comment on column ops.legal_hold.to_ts is 'Last instant covered; null: without end.';

create table ops.retention_run (
  retention_run_id bigint generated always as identity primary key,
  tenant_id int,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  object text not null,
  policy_id int,
  relation text not null,
  action text not null constraint action_known check (action in ('drop chunk', 'delete')),
  row_count bigint not null,
  bytes bigint not null,
  from_ts timestamptz,
  to_ts timestamptz,
  constraint retention_run_one_per_relation unique nulls not distinct (tenant_id, policy_id, relation, started_at)
);
comment on table ops.retention_run is 'What each run of the retention job removed, by policy, tenant and chunk or table; written in the transaction that removes it. Rows of one run share started_at.';
comment on column ops.retention_run.policy_id is 'The policy that decided; it may be gone since. Null: an empty chunk.';
comment on column ops.retention_run.bytes is 'The rows'' share of the size of the chunk or table on disk, indexes included. A dropped chunk gives it back to the file system, deleted rows leave it for new rows.';
create index retention_run_newest on ops.retention_run (tenant_id, started_at desc);

create table ops.storage_sample (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  object text not null references ops.retention_object (object),
  measured_at timestamptz not null,
  row_count bigint not null,
  bytes bigint not null,
  point_count bigint,
  primary key (tenant_id, object, measured_at)
);
comment on table ops.storage_sample is 'What each tenant had of each object when it was measured, midnight UTC of the day.';
comment on column ops.storage_sample.bytes is 'The share of the rows in the size of their chunk or table on disk, indexes included.';
comment on column ops.storage_sample.point_count is 'Values that the rows hold: as many a row as its profile has metrics, its feature set features, one a score. Null where rows hold none.';

create type ops.retention_item as (
  policy_id int,
  object text,
  tenant_id int,
  relation text,
  action text,
  row_count bigint,
  held_rows bigint,
  bytes bigint,
  from_ts timestamptz,
  to_ts timestamptz
);
comment on type ops.retention_item is 'A row of ops.retention_plan: what goes from a chunk or table under a policy and of a tenant.';

create type ops.tenant_rows as (
  tenant_id int,
  row_count bigint,
  point_count bigint
);
comment on type ops.tenant_rows is 'How much a tenant has in a chunk or table.';

insert into ops.retention_object (object, position, relation, description, minimum, maximum)
values
  ('readings', 1, 'fleet.reading', 'Readings.', '14 days', '1095 days'),
  ('features', 2, 'detect.device_feature', 'Feature vectors of readings, from which models are trained.', '14 days', '1095 days'),
  ('scores', 3, 'detect.score', 'Anomaly scores of readings.', '14 days', '1095 days'),
  ('anomalies', 4, 'detect.anomaly', 'Anomalies that have ended, with their alerts and notifications.', '30 days', '3650 days'),
  ('training', 5, 'detect.model', 'Models that were replaced: from when they were, and not while anomalies or scores name them.', '30 days', '3650 days'),
  ('job_runs', 6, 'ops.job_run', 'What runs of jobs did for a tenant.', '7 days', '365 days'),
  ('retention_runs', 7, 'ops.retention_run', 'What was removed, and under which policy.', null, null),
  ('scheduler_log', 8, 'cron.job_run_details', 'pg_cron''s log, which it never trims.', null, null),
  ('heartbeats', 9, 'ops.heartbeat', 'Last signs of instances that vanished.', null, null),
  ('storage_samples', 10, 'ops.storage_sample', 'What each tenant''s data took.', null, null);

insert into ops.retention_policy (object, hot, reason, changed_by)
values
  ('readings', '90 days', 'default', 'vigil'),
  ('features', '90 days', 'default', 'vigil'),
  ('scores', '90 days', 'default', 'vigil'),
  ('anomalies', '365 days', 'default', 'vigil'),
  ('training', '180 days', 'default', 'vigil'),
  ('job_runs', '30 days', 'default', 'vigil'),
  ('retention_runs', '730 days', 'as long as an audit asks', 'vigil'),
  ('scheduler_log', '2 days', 'thousands of rows an hour', 'vigil'),
  ('heartbeats', '7 days', 'default', 'vigil'),
  ('storage_samples', '730 days', 'growth from year to year', 'vigil');
reset role;

-- Retention takes the place of the job that trimmed logs. Rows of ops.job are seen by superusers only.
alter table ops.job_run drop constraint job_run_job_name_fkey,
  add foreign key (job_name) references ops.job (job_name) on update cascade on delete cascade;
alter table ops.job drop constraint job_known;
update ops.job
set job_name = 'retention', schedule = case schedule when '17 * * * *' then '17 */6 * * *' else schedule end
where job_name = 'prune';
alter table ops.job add constraint job_known
  check (job_name in ('features', 'scores', 'anomalies', 'alerts', 'train', 'retention', 'storage'));
drop function if exists ops.prune();

-- migrate:down
