-- migrate:up
set local role vigil_owner;

alter table audit.entry
  add column session_id uuid,
  add column address inet,
  add column operation text not null default 'call' constraint operation_known check (
    operation in ('call', 'read', 'insert', 'update', 'delete', 'truncate', 'retention', 'cut')),
  add column object text,
  add column object_key jsonb,
  add column before jsonb,
  add column after jsonb,
  add column sequence bigint constraint sequence_is_positive check (sequence > 0),
  add column previous_hash bytea,
  add column hash bytea,
  add constraint chained_as_a_whole check ((sequence is null) = (hash is null) and (sequence is not null or previous_hash is null));
comment on table audit.entry is 'Append-only: what was done to a tenant''s data, by whom: calls of the API, rows that people changed, reads of personal data by platform staff, what retention removed. Written in the transaction of the change and chained a few seconds later. Rows leave by the policy for audit alone, oldest first.';
comment on column audit.entry.session_id is 'The session of the request''s token (auth.session). Null for API keys and SQL logins.';
comment on column audit.entry.address is 'Where it came from: for requests what the trusted proxies say (auth.client_address), for SQL logins the connection''s. Null when unknown, or a socket.';
comment on column audit.entry.action is 'The procedure that was called, or the operation on rows.';
comment on column audit.entry.operation is 'call: a procedure changed something; read: personal data was read; insert, update, delete, truncate: rows; retention: old data was removed; cut: the oldest entries of this trail were.';
comment on column audit.entry.object is 'schema.table of the rows, the procedure of a call, the object of retention.';
comment on column audit.entry.object_key is 'The row''s key without the tenant, and its name where it has one. Null for what is no row.';
comment on column audit.entry.before is 'Columns as they were: the changed ones of an update, all that were set of a delete. Secrets and contact addresses are "***"; values of more than 2000 bytes are a text that says their length and SHA-256.';
comment on column audit.entry.after is 'The same columns as they became; of an insert all that are set.';
comment on column audit.entry.sequence is 'The number in the tenant''s chain, from 1 on without gaps, in the order in which entries were chained. Null until the job audit_chain has been there.';
comment on column audit.entry.previous_hash is 'The hash of the entry before. Null for the first.';
comment on column audit.entry.hash is 'SHA-256 over everything else in the row; audit.entry_hash says how.';
create unique index entry_chain on audit.entry (tenant_id, sequence) where sequence is not null;
create index entry_not_chained on audit.entry (entry_id) where sequence is null;

create table audit.head (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  head_id bigint generated always as identity,
  sequence bigint not null,
  hash bytea not null,
  signed_at timestamptz not null default clock_timestamp(),
  token text not null,
  claimed_by text,
  lease_until timestamptz,
  attempt int not null default 0,
  exported_at timestamptz,
  primary key (tenant_id, head_id)
);
comment on table audit.head is 'The end of each tenant''s chain at some instants, signed. The worker takes them to a place outside the database, against which audit.verify finds what a chain alone cannot show: a tail that was cut off, and a chain that was made anew.';
comment on column audit.head.sequence is 'The number of the newest chained entry.';
comment on column audit.head.hash is 'That entry''s hash.';
comment on column audit.head.token is 'A JWT signed with the server''s key: iss vigil, typ audit-head, tenant_id, tenant, sequence, hash (hexadecimal), iat.';
comment on column audit.head.attempt is 'How often it was claimed for export.';
comment on column audit.head.exported_at is 'When the worker had it in a file. Null until then.';
create index head_newest on audit.head (tenant_id, signed_at desc);
create index head_not_exported on audit.head (head_id) where exported_at is null;

create table audit.anchor (
  tenant_id int primary key references fleet.tenant (tenant_id) on delete cascade,
  first_sequence bigint not null,
  moved_at timestamptz not null default clock_timestamp()
);
comment on table audit.anchor is 'Where each tenant''s trail begins since retention has removed entries; nothing from there on can be removed. The proof is not here but in the trail: an entry with operation cut.';
comment on column audit.anchor.first_sequence is 'The first entry that is kept.';

create table audit.signing_key (
  key_id text primary key,
  jwk jsonb not null,
  first_used_at timestamptz not null default clock_timestamp()
);
comment on table audit.signing_key is 'The public halves of the keys that have signed heads, so that heads of before a rotation can be verified.';
comment on column audit.signing_key.key_id is 'The RFC 7638 thumbprint, which is kid in the header of the tokens.';

create table audit.audited_table (
  object text primary key,
  events text not null constraint events_known check (events ~ '^i?u?d?$'),
  masked text[] not null,
  uninteresting text[] not null
);
comment on table audit.audited_table is 'Which tables are audited row by row, and how; written anew by every deploy (sql/audit/triggers.sql).';
comment on column audit.audited_table.object is 'schema.table';
comment on column audit.audited_table.events is 'i: inserts, u: updates, d: deletes and truncation.';
comment on column audit.audited_table.masked is 'Columns that are shown as "***".';
comment on column audit.audited_table.uninteresting is 'Columns whose change alone makes no entry.';

alter table ops.job drop constraint job_known;
alter table ops.job add constraint job_known check (
  job_name in ('features', 'scores', 'anomalies', 'rules', 'alerts', 'escalations', 'rollups', 'sources', 'train', 'prune', 'retention', 'archive',
    'verify', 'storage', 'dead_man', 'password_resets', 'sessions', 'audit_chain', 'audit_heads'));

reset role;
-- On a database that has the trigger already. They are chained from the first on, as everything else is.
alter table audit.entry disable trigger user;
update audit.entry set operation = 'retention', object = detail ->> 'object' where action = 'retention';
update audit.entry set object = action where action <> 'retention';
alter table audit.entry enable trigger user;

-- Granted before as a whole; sql/ grants what is left of it.
revoke all on audit.entry from vigil_api;
revoke insert on audit.entry from vigil_jobs;

-- migrate:down
