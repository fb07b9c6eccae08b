create or replace function detect.compute_anomalies(tenant int) returns bigint
language plpgsql
as $$
declare
  v_streams int[];
  v_froms timestamptz[];
  v_tos timestamptz[];
  v_island record;
  v_anomaly_id bigint;
  v_absorbed bigint[];
  v_changed bigint := 0;
begin
  -- Taken in a statement of its own. A statement is planned before it looks at rows: one that did both would take what was
  -- written meanwhile into a new chunk, which its plan does not know, and find no scores there.
  with taken as (
    delete from detect.score_change c where c.tenant_id = tenant
    returning c.stream_id, c.from_ts, c.to_ts
  )
  select pg_catalog.array_agg(t.stream_id), pg_catalog.array_agg(t.from_ts), pg_catalog.array_agg(t.to_ts)
  into v_streams, v_froms, v_tos
  from taken t;
  -- Most tenants have nothing new most of the time; what follows is a large query to plan for each of them.
  if v_streams is null then
    return case when exists (select from detect.anomaly a where a.tenant_id = tenant and a.state <> 'closed') then detect.close_anomalies(tenant) else 0 end;
  end if;
  for v_island in
    with taken as (
      select t.stream_id, t.from_ts, t.to_ts
      from rows from (pg_catalog.unnest(v_streams), pg_catalog.unnest(v_froms), pg_catalog.unnest(v_tos)) t (stream_id, from_ts, to_ts)
    ),
    span as (
      select t.stream_id, coalesce(p.episode_gap, interval '30 minutes') as gap,
        pg_catalog.unnest(pg_catalog.range_agg(pg_catalog.tstzrange(
          t.from_ts - coalesce(p.episode_gap, interval '30 minutes'), t.to_ts + coalesce(p.episode_gap, interval '30 minutes'), '[]'))) as span
      from taken t
      join fleet.stream st on st.tenant_id = tenant and st.stream_id = t.stream_id
      left join detect.policy p on p.tenant_id = tenant and p.profile_id = st.profile_id
      group by t.stream_id, p.episode_gap
    ),
    point as (
      select s.stream_id, s.ts, p.gap, s.model_id, s.score,
        s.ts - pg_catalog.lag(s.ts) over (partition by s.stream_id order by s.ts) as since
      from span p
      join detect.score s on s.tenant_id = tenant and s.stream_id = p.stream_id
        and s.ts >= pg_catalog.lower(p.span) and s.ts <= pg_catalog.upper(p.span)
      join detect.model m on m.tenant_id = tenant and m.model_id = s.model_id
      where s.score >= m.thresholds[1]
        and s.ts >= (select pg_catalog.min(pg_catalog.lower(b.span)) from span b)
        and s.ts <= (select pg_catalog.max(pg_catalog.upper(b.span)) from span b)
    ),
    numbered as (
      select p.stream_id, p.ts, p.gap, p.model_id, p.score,
        pg_catalog.count(*) filter (where p.since is null or p.since > p.gap) over (partition by p.stream_id order by p.ts) as island
      from point p
    )
    select n.stream_id, n.gap, pg_catalog.min(n.ts) as from_ts, pg_catalog.max(n.ts) as to_ts, pg_catalog.count(*) as points,
      (pg_catalog.array_agg(n.model_id order by n.score desc, n.ts))[1] as model_id,
      (pg_catalog.array_agg(n.ts order by n.score desc, n.ts))[1] as peak_at,
      pg_catalog.max(n.score) as peak_score
    from numbered n
    group by n.stream_id, n.gap, n.island
    order by n.stream_id, pg_catalog.min(n.ts)
  loop
    select a.anomaly_id into v_anomaly_id
    from detect.anomaly a
    where a.tenant_id = tenant and a.stream_id = v_island.stream_id
      and a.started_at <= v_island.to_ts + v_island.gap and a.ended_at >= v_island.from_ts - v_island.gap
    order by (a.state = 'candidate'), a.started_at
    limit 1
    for update;
    if found then
      v_absorbed := array(
        select a.anomaly_id
        from detect.anomaly a
        where a.tenant_id = tenant and a.stream_id = v_island.stream_id and a.anomaly_id <> v_anomaly_id
          and a.started_at <= v_island.to_ts + v_island.gap and a.ended_at >= v_island.from_ts - v_island.gap
        order by a.anomaly_id
        for update);
      if v_absorbed <> '{}' then
        perform detect.absorb_anomalies(tenant, v_anomaly_id, v_absorbed);
      end if;
      update detect.anomaly a
      set started_at = least(a.started_at, v_island.from_ts), ended_at = greatest(a.ended_at, v_island.to_ts)
      where a.tenant_id = tenant and a.anomaly_id = v_anomaly_id
        and (a.started_at > v_island.from_ts or a.ended_at < v_island.to_ts);
    else
      insert into detect.anomaly (tenant_id, stream_id, model_id, severity, started_at, ended_at, points, peak_score, peak_at)
      values (tenant, v_island.stream_id, v_island.model_id, 'low', v_island.from_ts, v_island.to_ts, v_island.points,
        v_island.peak_score, v_island.peak_at)
      returning anomaly_id into v_anomaly_id;
    end if;
    if detect.refresh_anomaly(tenant, v_anomaly_id) then
      v_changed := v_changed + 1;
    end if;
  end loop;
  return v_changed + detect.close_anomalies(tenant);
end
$$;
comment on function detect.compute_anomalies(int) is
'Turns new scores of the tenant into episodes: anomalous points closer than the episode gap belong together, an episode that is long and serious enough is reported as an anomaly, one that has gone quiet is closed. Returns how many anomalies changed.';
