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

reset role;

-- migrate:down
