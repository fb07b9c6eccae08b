drop view if exists api.audit_entries;
create view api.audit_entries with (security_invoker = true) as
select e.entry_id, e.at, e.actor, e.role, e.session_id, e.address, e.correlation_id, e.action, e.operation, e.object, e.object_key,
  e.before, e.after, e.detail, e.sequence, pg_catalog.encode(e.hash, 'hex') as hash
from audit.entry e;
comment on view api.audit_entries is
$$What was done, by whom
One row per request that changed something, per row that people changed by a request or in SQL, per read of personal data by the platform's staff, and per removal by retention. For tenant_admin. Rows are chained by their hashes; POST /rpc/verify_audit recomputes them.$$;
comment on column api.audit_entries.actor is 'The account''s id, the API key as key:NAME, the subject of a token that a DBA issued, or the SQL login.';
comment on column api.audit_entries.role is 'The role that it was done in.';
comment on column api.audit_entries.session_id is 'The session of the request''s token. Null for API keys and SQL logins.';
comment on column api.audit_entries.address is 'The network address it came from, where it is known.';
comment on column api.audit_entries.correlation_id is 'The request''s X-Correlation-ID, or the one that it was given in the answer.';
comment on column api.audit_entries.action is 'The procedure, the operation on a row, or retention.';
comment on column api.audit_entries.operation is 'call, read, insert, update, delete, truncate, retention or cut.';
comment on column api.audit_entries.object is 'The table of a row, as schema.table; else the procedure, or what retention removed.';
comment on column api.audit_entries.object_key is 'Which row, by its key and name.';
comment on column api.audit_entries.before is 'What the changed columns held. Secrets and contact addresses are "***", long values are given by length and SHA-256.';
comment on column api.audit_entries.after is 'What they hold since.';
comment on column api.audit_entries.detail is 'What a procedure answered, unless that is long; for retention what was removed.';
comment on column api.audit_entries.sequence is 'The number in the chain, a few seconds after the entry was written.';
comment on column api.audit_entries.hash is 'SHA-256 over the entry and the hash before it, hexadecimal.';
