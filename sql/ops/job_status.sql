-- As its reader: the owner is itself subject to row security and would be asked for a tenant.
create or replace view ops.job_status with (security_invoker = true) as
select j.job_name,
  case
    when not j.enabled then 'disabled'
    when j.last_failed_at > coalesce(j.last_succeeded_at, '-infinity') then 'failed'
    when coalesce(j.last_succeeded_at, j.created_at) < pg_catalog.now() - 3 * j.expected_every then 'late'
    when j.last_succeeded_at is null then 'waiting'
    else 'ok'
  end as status,
  j.schedule,
  j.last_succeeded_at,
  pg_catalog.now() - j.last_succeeded_at as since_success,
  j.last_failed_at,
  j.last_message,
  r.runs as runs_24h,
  r.errors as errors_24h,
  r.rows as rows_24h,
  r.median_time,
  j.description
from ops.job j
cross join lateral (
  select pg_catalog.count(*) + coalesce(pg_catalog.sum(x.repeats), 0) as runs,
    coalesce(pg_catalog.sum(1 + x.repeats) filter (where x.status = 'error'), 0) as errors,
    coalesce(pg_catalog.sum(x.row_count), 0) as rows,
    pg_catalog.percentile_cont(0.5) within group (order by x.finished_at - x.started_at) filter (where x.status = 'ok') as median_time
  from ops.job_run x
  where x.job_name = j.job_name and x.started_at > pg_catalog.now() - interval '1 day'
) r
order by pg_catalog.array_position(
  array['features', 'scores', 'anomalies', 'rules', 'alerts', 'escalations', 'rollups', 'sources', 'train', 'prune', 'retention', 'archive', 'verify', 'storage', 'dead_man',
    'password_resets', 'sessions', 'audit_chain', 'audit_heads', 'usage', 'tenants', 'logins'], j.job_name);
comment on view ops.job_status is
'One row per job: ok, waiting (its first time has not come), late (no success for three times the expected interval), failed (the last run failed for some tenant) or disabled.';
