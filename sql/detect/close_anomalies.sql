create or replace function detect.close_anomalies(tenant int) returns bigint
language sql
as $$
  with quiet as (
    select a.anomaly_id, a.state
    from detect.anomaly a
    join fleet.stream st on st.tenant_id = a.tenant_id and st.stream_id = a.stream_id
    left join detect.policy p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
    where a.tenant_id = close_anomalies.tenant and a.state <> 'closed'
      -- Normal readings end an episode; a device that fell silent keeps it open for a day.
      and (a.ended_at + coalesce(p.episode_gap, interval '30 minutes') < (
          select s.ts from detect.score s
          where s.tenant_id = a.tenant_id and s.stream_id = a.stream_id
          order by s.ts desc
          limit 1)
        or a.ended_at < pg_catalog.now() - interval '1 day')
  ),
  dropped as (
    delete from detect.anomaly a
    using quiet q
    where a.tenant_id = close_anomalies.tenant and a.anomaly_id = q.anomaly_id and q.state = 'candidate'
  ),
  closed as (
    update detect.anomaly a
    set state = 'closed', updated_at = pg_catalog.now()
    from quiet q
    where a.tenant_id = close_anomalies.tenant and a.anomaly_id = q.anomaly_id and q.state = 'open'
    returning a.anomaly_id
  )
  select pg_catalog.count(*) from closed
$$;
comment on function detect.close_anomalies(int) is
'Closes open anomalies whose stream has been normal for longer than the episode gap, or silent for a day, and drops candidates that came to nothing. Returns how many were closed.';
