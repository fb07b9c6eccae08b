-- migrate:up
set local role vigil_owner;

create table fleet.source (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  source_id int generated always as identity,
  profile_id int not null,
  name text not null constraint source_name_is_word check (name ~ '^[A-Za-z_][A-Za-z0-9_.-]{0,62}$'),
  relation_schema text not null,
  relation_name text not null,
  device_column text not null,
  time_column text not null,
  metric_columns jsonb constraint metric_columns_is_object check (pg_catalog.jsonb_typeof(metric_columns) = 'object'),
  metric_column text,
  value_column text,
  start_at timestamptz not null constraint start_is_finite check (pg_catalog.isfinite(start_at)),
  overlap interval not null constraint overlap_not_negative check (overlap >= interval '0'),
  batch_size int not null constraint batch_size_taken_at_once check (batch_size between 1 and 10000),
  enabled boolean not null,
  created_at timestamptz not null default now(),
  watermark timestamptz not null,
  next_ts timestamptz,
  next_device text,
  backfill_to timestamptz,
  backfill_ts timestamptz,
  backfill_device text,
  rows_accepted bigint not null default 0,
  rows_rejected bigint not null default 0,
  last_run_at timestamptz,
  caught_up_at timestamptz,
  last_error_at timestamptz,
  last_error text,
  last_error_code text,
  primary key (tenant_id, source_id),
  foreign key (tenant_id, profile_id) references fleet.profile (tenant_id, profile_id) on delete cascade,
  constraint source_name_unique unique (tenant_id, name),
  constraint wide_or_narrow check (
    (metric_columns is null) = (metric_column is not null) and (metric_column is null) = (value_column is null)),
  constraint backfill_goes_somewhere check ((backfill_to is null) = (backfill_ts is null))
) with (fillfactor = 50);
comment on table fleet.source is 'A foreign table, or a view over one, from which the sources job pulls readings.';
comment on column fleet.source.relation_schema is 'By name, so that a foreign table that is made anew is found again.';
comment on column fleet.source.time_column is 'A timestamp without time zone in it is read as UTC.';
comment on column fleet.source.metric_columns is 'Of a wide table: the column of each metric, {"battery": "BatteryLevel"}.';
comment on column fleet.source.metric_column is 'Of a narrow table, with a row for each value: where it has the metric''s name.';
comment on column fleet.source.start_at is 'What is older is not pulled, but by a backfill.';
comment on column fleet.source.overlap is 'How far behind the watermark each pass begins, for rows that came late.';
comment on column fleet.source.watermark is 'Time of the newest reading pulled, at most the time of the pull: a device whose clock is ahead hides nothing.';
comment on column fleet.source.next_ts is 'Where a pass that is under way goes on: everything before it is pulled, and at it the devices before next_device. Null between passes.';
comment on column fleet.source.backfill_to is 'End, exclusive, of the range to pull once more; backfill_ts and backfill_device are where that goes on. Null when there is none.';
create index source_profile on fleet.source (tenant_id, profile_id);

create table fleet.source_rejection (
  tenant_id int not null,
  source_id int not null,
  ts timestamptz not null,
  device text not null,
  code text not null,
  message text not null,
  hint text,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  primary key (tenant_id, source_id, ts, device, message),
  foreign key (tenant_id, source_id) references fleet.source (tenant_id, source_id) on delete cascade
);
comment on table fleet.source_rejection is 'Rows of a source that were refused, and why: the latest 1000 of each source.';
comment on column fleet.source_rejection.device is 'Empty where the row names none.';

create table fleet.export_change (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  xid xid8 not null default pg_catalog.pg_current_xact_id(),
  change_id bigint generated always as identity,
  from_ts timestamptz not null,
  to_ts timestamptz not null,
  streams int4multirange not null,
  logged_at timestamptz not null default pg_catalog.clock_timestamp(),
  primary key (tenant_id, xid, change_id)
);
comment on table fleet.export_change is 'Which streams were written in which part of an hour, by transaction: what the incremental export reads. A row for each statement and hour, kept for 8 days.';
comment on column fleet.export_change.xid is 'Transactions end in another order than they begin, so a page ends before the oldest that is still running.';
create index export_change_oldest on fleet.export_change (logged_at);

-- What the export answers with; the name is the media type.
create domain api."text/csv" as text;
comment on domain api."text/csv" is 'Comma-separated values, for Accept: text/csv.';

alter table ops.job drop constraint job_known;
alter table ops.job add constraint job_known check (job_name in (
  'features', 'scores', 'anomalies', 'alerts', 'rollups', 'sources', 'train', 'prune', 'retention', 'storage'));

reset role;

-- migrate:down
