-- migrate:up
set local role vigil_owner;

create table fleet.rollup (
  rollup_id int generated always as identity primary key,
  tenant_id int references fleet.tenant (tenant_id) on delete cascade,
  profile_id int,
  bucket interval not null constraint bucket_divides_a_day check (
    extract(year from bucket) = 0 and extract(month from bucket) = 0 and extract(day from bucket) in (0, 1)
    and extract(epoch from bucket) between 1 and 86400
    and mod(86400, extract(epoch from bucket)) = 0),
  retention interval constraint retention_positive check (retention > interval '0'),
  enabled boolean not null default true,
  constraint rollup_unique unique nulls not distinct (tenant_id, profile_id, bucket),
  constraint profile_names_its_tenant check (profile_id is null or tenant_id is not null),
  foreign key (tenant_id, profile_id) references fleet.profile (tenant_id, profile_id) on delete cascade
);
comment on table fleet.rollup is 'Which summaries of readings are kept: the narrowest row for a stream and bucket counts, that of its profile before that of its tenant before that of all.';
comment on column fleet.rollup.tenant_id is 'Null for all tenants.';
comment on column fleet.rollup.profile_id is 'Null for all profiles.';
comment on column fleet.rollup.bucket is 'Width of a summary, a whole part of a day. Buckets start at multiples of it from 2000-01-01 UTC.';
comment on column fleet.rollup.retention is 'How long summaries are kept; null for ever.';

insert into fleet.rollup (bucket, retention) values
  ('1 minute', '90 days'),
  ('1 hour', '1095 days'),
  ('1 day', null);

create table fleet.stream_rollup (
  tenant_id int not null,
  stream_id int not null,
  bucket interval not null,
  made boolean not null,
  decided_at timestamptz not null default now(),
  primary key (tenant_id, stream_id, bucket),
  foreign key (tenant_id, stream_id) references fleet.stream (tenant_id, stream_id) on delete cascade
);
comment on table fleet.stream_rollup is 'Which streams report so often that a summary is smaller than the readings it stands for. Only those get one.';

create table fleet.reading_rollup (
  tenant_id int not null,
  stream_id int not null,
  bucket interval not null,
  ts timestamptz not null,
  readings bigint not null constraint readings_positive check (readings > 0),
  state vigil.stats not null,
  primary key (tenant_id, stream_id, bucket, ts)
);
comment on table fleet.reading_rollup is 'Mergeable statistics of a stream''s readings in a bucket that starts at ts.';
select public.create_hypertable('fleet.reading_rollup', 'ts', chunk_time_interval => interval '30 days', create_default_indexes => false);

create table fleet.rollup_change (
  tenant_id int not null,
  stream_id int not null,
  from_ts timestamptz not null,
  to_ts timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
comment on table fleet.rollup_change is 'Invalidation log: which instants of which stream were written since the rollups job last took note.';
create index rollup_change_stream on fleet.rollup_change (tenant_id, stream_id);

create table fleet.rollup_due (
  tenant_id int not null,
  stream_id int not null,
  bucket interval not null,
  ts timestamptz not null,
  primary key (tenant_id, stream_id, bucket, ts)
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
comment on table fleet.rollup_due is 'Buckets that are to be made, or made again. Until then whoever asks for them is answered from the readings.';

alter table ops.job drop constraint job_known;
alter table ops.job add constraint job_known check (
  job_name in ('features', 'scores', 'anomalies', 'alerts', 'rollups', 'train', 'prune', 'retention', 'storage'));

reset role;

-- migrate:down
