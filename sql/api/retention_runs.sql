create or replace view api.retention_runs with (security_invoker = true) as
select r.retention_run_id, r.object, r.action, r.relation, r.row_count, r.bytes, r.from_ts, r.to_ts, r.started_at, r.finished_at
from ops.retention_run r;
comment on view api.retention_runs is
$$What was removed because it was past its limit
One row per run, policy and chunk or table, with the time range of what went.$$;
