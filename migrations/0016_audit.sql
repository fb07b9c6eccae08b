-- migrate:up
create schema audit authorization vigil_owner;
comment on schema audit is 'The audit trail: what was done through the API and by retention, by whom.';
set local role vigil_owner;

create table audit.entry (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  entry_id bigint generated always as identity,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  role text not null,
  correlation_id text,
  action text not null constraint action_is_word check (action ~ '^[a-z_]+$'),
  detail jsonb,
  primary key (tenant_id, entry_id)
);
comment on table audit.entry is 'Append-only: what changed a tenant''s data through the API, and what retention removed. Written in the transaction of the change. Rows leave by the policy for audit alone.';
comment on column audit.entry.at is 'When it was written; it counts once its transaction has committed.';
comment on column audit.entry.role is 'The role that the request was made in, or the job''s.';
comment on column audit.entry.correlation_id is 'The request''s X-Correlation-ID, or the one that it was given in the answer. Null for what no request did.';
comment on column audit.entry.detail is 'What the procedure answered, unless it is long; for retention what was removed.';
create index entry_newest on audit.entry (tenant_id, at desc);
create index entry_correlation on audit.entry (tenant_id, correlation_id);

alter table ops.retention_run add column audited boolean not null default false;
comment on column ops.retention_run.audited is 'Whether the run has an entry in the audit trail; it is written when the run ends, or by the next.';
create index retention_run_not_audited on ops.retention_run (started_at) where not audited;

insert into ops.retention_object (object, position, relation, description, minimum, maximum)
values ('audit', 11, 'audit.entry', 'The audit trail.', '365 days', '3650 days');
insert into ops.retention_policy (object, hot, reason, changed_by)
values ('audit', '730 days', 'default', 'vigil');
reset role;

-- migrate:down
