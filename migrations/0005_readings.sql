-- migrate:up
set local role vigil_owner;

create table fleet.reading (
  tenant_id int not null,
  stream_id int not null,
  ts timestamptz not null constraint reading_ts_is_finite check (ts > '-infinity' and ts < 'infinity'),
  values float8[] not null constraint reading_values_are_finite check (vigil.valid_vector(values)),
  primary key (tenant_id, stream_id, ts),
  foreign key (tenant_id, stream_id) references fleet.stream (tenant_id, stream_id) on delete cascade
);
comment on table fleet.reading is 'A stream''s metrics at one instant, in the order of its profile. A NULL element was not reported.';
-- The default index on ts alone would cost a tenth of the storage; every query names its stream or its tenant.
select public.create_hypertable('fleet.reading', 'ts', chunk_time_interval => interval '1 day', create_default_indexes => false);

create table fleet.latest (
  tenant_id int not null,
  stream_id int not null,
  ts timestamptz not null,
  values float8[] not null,
  seen timestamptz[] not null,
  primary key (tenant_id, stream_id),
  foreign key (tenant_id, stream_id) references fleet.stream (tenant_id, stream_id) on delete cascade,
  constraint values_and_seen_agree check (cardinality(values) = cardinality(seen))
) with (fillfactor = 50);
comment on table fleet.latest is 'The newest value of each metric of a stream and when it was measured; kept by triggers on fleet.reading.';

-- Written in the transaction of the reading, so what is not committed is not seen, and what is late is not missed.
create table fleet.reading_change (
  tenant_id int not null,
  stream_id int not null,
  from_ts timestamptz not null,
  to_ts timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
comment on table fleet.reading_change is 'Invalidation log: which instants of which stream were written since the features job last took note.';
create index reading_change_stream on fleet.reading_change (tenant_id, stream_id);

reset role;

-- migrate:down
