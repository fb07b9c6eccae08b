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

reset role;

-- migrate:down
