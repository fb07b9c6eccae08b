create or replace function alerting.system_findings(rule alerting.rule, at timestamptz) returns setof alerting.finding
language sql stable
as $$
  select 'job:' || j.job_name, (system_findings.rule).severity,
    case when f.message is null
      then pg_catalog.format('job %s has not run since %s UTC', j.job_name,
        pg_catalog.to_char(coalesce(j.last_started_at, j.created_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'))
      else pg_catalog.format('job %s fails: %s', j.job_name, pg_catalog.left(f.message, 500)) end,
    null::int, null::float8, pg_catalog.jsonb_build_object('job', j.job_name), null::timestamptz
  from ops.job j
  cross join lateral (select ((system_findings.rule).params ->> 'late')::interval as late) p
  -- The tenant's own runs: others' failures are none of its business.
  left join lateral (
    select r.message
    from ops.job_run r
    where r.tenant_id = (system_findings.rule).tenant_id and r.job_name = j.job_name and r.status = 'error'
      and r.started_at > system_findings.at - interval '1 day' and r.started_at <= system_findings.at - p.late
      and r.finished_at > system_findings.at - 2 * j.expected_every
    order by r.started_at desc
    limit 1
  ) f on true
  where (system_findings.rule).params ->> 'what' = 'job' and j.enabled
    and (f.message is not null
      or coalesce(j.last_started_at, j.created_at) + j.expected_every + p.late < system_findings.at)
  union all
  select 'worker', (system_findings.rule).severity,
    case when h.last_seen_at is null then 'no worker has ever reported'
      else pg_catalog.format('no worker has reported since %s UTC', pg_catalog.to_char(h.last_seen_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')) end,
    null, null, null, null
  from (select pg_catalog.max(b.last_seen_at) as last_seen_at from ops.heartbeat b where b.component = 'worker') h
  where (system_findings.rule).params ->> 'what' = 'worker'
    and coalesce(h.last_seen_at < system_findings.at - ((system_findings.rule).params ->> 'late')::interval, true)
$$;
comment on function alerting.system_findings(alerting.rule, timestamptz) is
'Which enabled jobs have not begun for their expected time and the rule''s "late" more, or have kept failing for the tenant for that long; or that no worker has reported for that long. Of other tenants'' failures nothing shows.';
