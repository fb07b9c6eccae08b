create or replace view api.audit_entries with (security_invoker = true) as
select e.entry_id, e.at, e.actor, e.role, e.correlation_id, e.action, e.detail
from audit.entry e;
comment on view api.audit_entries is
$$What was done, by whom
One row per request that changed something, and per removal by retention. For tenant_admin.$$;
comment on column api.audit_entries.correlation_id is 'The request''s X-Correlation-ID, or the one that it was given in the answer.';
comment on column api.audit_entries.action is 'The procedure, or retention.';
comment on column api.audit_entries.detail is 'What it answered, unless that is long; for retention what was removed.';
