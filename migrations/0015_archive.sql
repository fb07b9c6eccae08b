-- migrate:up
create extension if not exists vigil_platform;
grant usage on schema vigil_platform to vigil_jobs;
grant execute on all functions in schema vigil_platform to vigil_jobs;

set local role vigil_owner;

alter table ops.retention_policy
  drop constraint warm_and_cold_need_the_archive,
  add constraint warm_and_cold_are_for_readings check (object = 'readings' or warm is null and cold is null),
  add constraint warm_positive check (warm > interval '0'),
  add constraint cold_at_least_a_day check (cold >= interval '1 day');
comment on table ops.retention_policy is 'How long an object is kept. The row with the narrowest scope decides: a profile''s, else the tenant''s, else the one for all tenants. Chunks go as a whole, so readings and features are kept up to a day longer and scores up to a week.';
comment on column ops.retention_policy.hot is 'How long rows stay in the database. What is older is removed, or goes to files where there is a cold tier.';
comment on column ops.retention_policy.warm is 'How much longer than the readings their summaries stay, those whose rollup has no retention of its own. Null: for ever.';
comment on column ops.retention_policy.cold is 'How much longer readings stay in files. While no archive directory is set they stay in the database that much longer. Null: no files.';
update ops.retention_policy set hot = '30 days', warm = '1065 days', cold = '60 days'
where object = 'readings' and tenant_id is null and profile_id is null and hot = '90 days' and changed_by = 'vigil';
-- Models are trained on two weeks of features, and features can be computed from readings anew.
update ops.retention_policy set hot = '30 days'
where object = 'features' and tenant_id is null and profile_id is null and hot = '90 days' and changed_by = 'vigil';
-- The policy decides over summaries of an hour and of a day.
update fleet.rollup set retention = null where tenant_id is null and retention = '1095 days';
comment on column fleet.rollup.retention is 'How long summaries are kept; null for as long as the policy over readings says, hot and warm together.';

create table ops.archive_manifest (
  tenant_id int not null references fleet.tenant (tenant_id),
  archive_id bigint generated always as identity,
  profile_id int not null,
  policy_id int not null,
  range_start timestamptz not null,
  range_end timestamptz not null,
  part int not null,
  stream_ids int[] not null constraint streams_are_named check (cardinality(stream_ids) > 0),
  path text not null,
  state text not null default 'planned' constraint state_known check (
    state in ('planned', 'written', 'verified', 'dropped', 'restored', 'removed')),
  profile_sha256 text,
  sha256 text,
  bytes bigint,
  row_count bigint,
  row_hash numeric,
  from_ts timestamptz,
  to_ts timestamptz,
  planned_at timestamptz not null default now(),
  written_at timestamptz,
  verified_at timestamptz,
  dropped_at timestamptz,
  removed_at timestamptz,
  checked_at timestamptz,
  damage text,
  primary key (tenant_id, archive_id),
  foreign key (tenant_id, profile_id) references fleet.profile (tenant_id, profile_id),
  constraint archive_path_unique unique (tenant_id, path),
  constraint archive_part_unique unique (tenant_id, profile_id, range_start, part),
  constraint archive_range_in_order check (range_start < range_end),
  constraint what_is_written_is_known check (
    state in ('planned', 'removed')
    or num_nonnulls(profile_sha256, sha256, bytes, row_count, row_hash, from_ts, to_ts, written_at) = 8),
  constraint dropped_was_verified check (dropped_at is null or verified_at is not null)
);
comment on table ops.archive_manifest is 'Files of readings that are past the hot tier: one per chunk, tenant and profile, more where it would be too large or where late readings came. They are in the database until a file is dropped, and in the file from when it is verified.';
comment on column ops.archive_manifest.state is 'planned: to be written; written; verified: read back and compared with the rows; dropped: the rows are in the file only; restored: a copy is in fleet.restored_reading; removed: past the cold tier, or the plan was given up.';
comment on column ops.archive_manifest.policy_id is 'The policy that decided; it may be gone since.';
comment on column ops.archive_manifest.range_start is 'Of the chunk; range_end is excluded.';
comment on column ops.archive_manifest.path is 'Below the directory of the setting vigil_platform.archive_directory.';
comment on column ops.archive_manifest.profile_sha256 is 'The profile''s contract when the file was written; the file itself has names and units.';
comment on column ops.archive_manifest.row_hash is 'Sum of a hash of every row, by which rows and file are compared in any order.';
comment on column ops.archive_manifest.checked_at is 'When the file was last read whole and had its SHA-256.';
comment on column ops.archive_manifest.damage is 'What was wrong with the file when it was last looked at. Null: nothing.';
create index archive_manifest_under_way on ops.archive_manifest (range_start) where state in ('planned', 'written', 'verified');

create type ops.archive_item as (
  tenant_id int,
  profile_id int,
  policy_id int,
  relation text,
  range_start timestamptz,
  range_end timestamptz,
  stream_ids int[],
  row_count bigint,
  held_rows bigint,
  bytes bigint
);
comment on type ops.archive_item is 'A row of ops.archive_plan: what goes from a chunk to one file, or stays because it is held.';

create table ops.archive_restore (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  restore_id bigint generated always as identity,
  device_id int,
  from_ts timestamptz not null,
  to_ts timestamptz not null,
  row_count bigint not null,
  restored_at timestamptz not null default now(),
  restored_by text not null,
  expires_at timestamptz not null,
  primary key (tenant_id, restore_id),
  foreign key (tenant_id, device_id) references fleet.device (tenant_id, device_id) on delete cascade,
  constraint restore_range_in_order check (from_ts < to_ts)
);
comment on table ops.archive_restore is 'Ranges of archived readings that were brought back, and until when. to_ts is excluded; device_id null: all devices.';

create table fleet.restored_reading (
  tenant_id int not null,
  stream_id int not null,
  ts timestamptz not null,
  values float8[] not null,
  primary key (tenant_id, stream_id, ts),
  foreign key (tenant_id, stream_id) references fleet.stream (tenant_id, stream_id) on delete cascade
);
comment on table fleet.restored_reading is 'Readings brought back from archive files. Only the archive job and ops.restore_archive write here: nothing is computed from them anew.';

alter table ops.retention_run drop constraint action_known,
  add constraint action_known check (action in ('drop chunk', 'delete', 'archive', 'remove file'));
comment on table ops.retention_run is 'What each run of the jobs retention and archive removed from the database or, with its file, for good, by policy, tenant and chunk, table or file; written in the transaction that removes it. Rows of one run share started_at.';

alter table fleet.tenant add column storage_quota bigint constraint storage_quota_positive check (storage_quota > 0);
comment on column fleet.tenant.storage_quota is 'Bytes that the tenant''s data may take; null for no limit.';

-- Their rows have more columns now.
drop function if exists ops.retention_stream(text);
drop function if exists ops.retention_scope(text);
drop view if exists api.retention_policies cascade;
drop function if exists ops.tenant_retention();
drop view if exists api.compliance;
drop function if exists ops.tenant_compliance();
drop function if exists ops.set_retention(text, text, interval, text);
drop view if exists api.storage;

alter table ops.job drop constraint job_known;
alter table ops.job add constraint job_known check (
  job_name in (
    'features', 'scores', 'anomalies', 'alerts', 'rollups', 'train', 'prune', 'retention', 'storage', 'sources', 'archive', 'verify'));
reset role;

-- migrate:down
