-- migrate:up
set local role vigil_owner;

create table ops.idempotency_key (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  procedure_name text not null,
  key text not null constraint key_is_printable check (key ~ '^[ -~]{1,255}$'),
  body_sha256 bytea not null,
  answer jsonb,
  created_at timestamptz not null default now(),
  primary key (tenant_id, procedure_name, key)
);
comment on table ops.idempotency_key is 'What a request with an Idempotency-Key header was answered, so that a repeat gets the same and does nothing. Written in the transaction of the request; kept for 24 hours.';
comment on column ops.idempotency_key.body_sha256 is 'SHA-256 of the request''s body or arguments: the same key with others is a mistake.';

create table fleet.ingest_batch (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  batch_id bigint generated always as identity,
  received_at timestamptz not null default now(),
  sent_by text not null,
  correlation_id text,
  idempotency_key text,
  accepted int not null,
  duplicates int not null,
  rejected int not null,
  primary key (tenant_id, batch_id)
);
comment on table fleet.ingest_batch is 'Requests that brought readings, and what became of them. Written in the transaction of the readings; kept for 7 days.';
create index ingest_batch_newest on fleet.ingest_batch (tenant_id, received_at desc);
create index ingest_batch_correlation on fleet.ingest_batch (tenant_id, correlation_id);

alter table fleet.tenant
  add column unknown_metric text not null default 'refuse'
    constraint unknown_metric_known check (unknown_metric in ('refuse', 'append')),
  add column future_tolerance interval not null default '10 minutes'
    constraint future_tolerance_up_to_a_day check (future_tolerance between interval '0' and interval '1 day'),
  add column past_tolerance interval
    constraint past_tolerance_is_positive check (past_tolerance > interval '0');
comment on column fleet.tenant.unknown_metric is 'What ingestion does with a metric that the profile lacks: refuse the reading, or append the metric to the profile.';
comment on column fleet.tenant.future_tolerance is 'How far the clock of a device may be ahead: readings beyond are refused.';
comment on column fleet.tenant.past_tolerance is 'How old a reading may be when it arrives, at most as long as readings are kept; null: any age.';

-- Takes the accepted times as well from now on.
drop function if exists fleet.reading_problem(jsonb, text, timestamptz, jsonb, boolean, text[], float8[]);

reset role;

-- migrate:down
