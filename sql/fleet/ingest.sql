create or replace function fleet.ingest(tenant int, items json) returns jsonb
language plpgsql
as $$
declare
  v_bodies jsonb[];
  v_accepted record;
  v_no_room jsonb;
  v_answer jsonb;
  v_points bigint;
begin
  perform ops.refuse_over_quota(tenant, 'points'), ops.refuse_over_quota(tenant, 'storage');
  if pg_catalog.json_typeof(items) is distinct from 'array' then
    raise exception using
      errcode = '22023',
      message = 'the body must be a JSON array of readings',
      hint = 'Send [{"device": "…", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 81.5}}].';
  end if;
  if pg_catalog.json_array_length(items) > 10000 then
    raise sqlstate 'PT413' using
      message = pg_catalog.format('%s readings in one request, at most 10000 are taken', pg_catalog.json_array_length(items)),
      hint = 'Send them in several requests, or load a file with the bulk import.';
  end if;

  begin
    v_bodies := array(
      select e.value from pg_catalog.jsonb_array_elements(items::text::jsonb) with ordinality as e (value, position) order by e.position);
  exception when data_exception or program_limit_exceeded then
    -- Text that jsonb refuses (NUL, lone surrogates) costs only its own reading.
    v_bodies := array(
      select case when pg_catalog.pg_input_is_valid(e.value::text, 'jsonb') then e.value::text::jsonb end
      from pg_catalog.json_array_elements(items) with ordinality as e (value, position)
      order by e.position);
  end;
  perform fleet.append_unknown_metrics(tenant, v_bodies);
  v_no_room := fleet.open_named_streams(tenant, v_bodies);

  -- What is older than readings are kept would only go again.
  select greatest(a.earliest, ops.kept_since(tenant)) as earliest, a.latest into v_accepted from fleet.accepted_times(tenant) a;
  with reading as materialized (
    select e.position - 1 as index, e.body,
      case when pg_catalog.jsonb_typeof(e.body -> 'device') = 'string' then e.body ->> 'device' end as device,
      case when e.body ->> 'ts' ~ '^\d{4}-\d\d-\d\d[T ]\d' and pg_catalog.pg_input_is_valid(e.body ->> 'ts', 'timestamptz')
        then (e.body ->> 'ts')::timestamptz end as ts,
      case
        when pg_catalog.jsonb_typeof(e.body -> 'metrics') = 'object' then e.body -> 'metrics'
        -- A null key counts as absent: PostgREST wants the objects of an array to have the same keys.
        when e.body -> 'metrics' <> 'null' then null
        when pg_catalog.jsonb_typeof(e.body -> 'metric') = 'string' and e.body ? 'value'
          then pg_catalog.jsonb_build_object(e.body ->> 'metric', e.body -> 'value')
      end as metrics
    from pg_catalog.unnest(v_bodies) with ordinality as e (body, position)
  ),
  spoken as materialized (
    select d.external_id as device, d.device_id, st.stream_id, p.name as profile, p.metric_names,
      pg_catalog.count(*) over (partition by d.device_id) as streams
    from (select distinct r.device from reading r) n
    join fleet.device d on d.tenant_id = tenant and d.external_id = n.device
    left join fleet.stream st on st.tenant_id = d.tenant_id and st.device_id = d.device_id
    left join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
  ),
  routed as materialized (
    -- Without a named profile: the device's stream whose profile has the reading's first metric.
    select distinct on (r.index) r.index, r.body, r.device, r.ts, r.metrics, s.device_id,
      case when m.matches then s.stream_id end as stream_id,
      case when m.matches then s.metric_names end as metric_names
    from reading r
    left join spoken s on s.device = r.device
    left join lateral (
      select case
        when r.body ->> 'profile' is not null then s.profile = r.body ->> 'profile'
        when s.streams = 1 then true
        else s.metric_names @> array[(select k.key from pg_catalog.jsonb_object_keys(r.metrics) as k (key) limit 1)]
      end as matches
    ) m on true
    order by r.index, m.matches desc nulls last, s.stream_id
  ),
  vector as materialized (
    select r.index, r.body, r.device, r.ts, r.metrics, r.device_id, r.stream_id, r.metric_names,
      vigil.metric_values(r.metrics, r.metric_names) as values
    from routed r
  ),
  judged as materialized (
    select v.index, v.ts, v.stream_id, v.values,
      case
        -- Most readings are sound, and that is cheap to see.
        when v.ts >= v_accepted.earliest and v.ts <= v_accepted.latest
          and pg_catalog.cardinality(pg_catalog.array_remove(v.values, null)) > 0 then null
        when v.device_id is null and v.ts is not null and v.device is not null and v.body ->> 'profile' is not null then
          coalesce(v_no_room, fleet.reading_problem(v.body, v.device, v.ts, v.metrics, false, v.metric_names, v.values,
            v_accepted.earliest, v_accepted.latest))
        else fleet.reading_problem(v.body, v.device, v.ts, v.metrics, v.device_id is not null, v.metric_names, v.values,
          v_accepted.earliest, v_accepted.latest)
      end as problem
    from vector v
  ),
  good as (
    select j.stream_id, j.ts, fleet.merged(j.values order by j.index) as values, pg_catalog.count(distinct j.values) as items
    from judged j
    where j.problem is null
    group by j.stream_id, j.ts
  ),
  held as materialized (
    -- Requests that bring readings of the same streams wait for one another here, before either has written any. The
    -- triggers on fleet.reading write fleet.latest in two passes, so later they would deadlock.
    select s.stream_id
    from fleet.stream s
    where s.tenant_id = tenant and s.stream_id = any (array(select distinct g.stream_id from good g))
    order by s.stream_id
    for no key update
  ),
  stored as (
    insert into fleet.reading as r (tenant_id, stream_id, ts, values)
    select tenant, g.stream_id, g.ts, g.values
    from good g
    -- Counted before the first reading is written: then all of them are held.
    where (select pg_catalog.count(*) from held h) >= 0
    order by g.stream_id, g.ts
    on conflict (tenant_id, stream_id, ts) do update
    set values = vigil.merge_values(r.values, excluded.values)
    where r.values is distinct from vigil.merge_values(r.values, excluded.values)
    returning r.stream_id, r.ts
  ),
  counted as (
    -- Not a join: the planner expects few readings and would compare each with each.
    select coalesce(pg_catalog.sum(u.items) filter (where u.stored), 0) as accepted,
      coalesce(pg_catalog.sum(u.points) filter (where u.stored), 0) as points
    from (
      select w.stream_id, w.ts, pg_catalog.sum(w.items) as items, pg_catalog.sum(w.points) as points, pg_catalog.bool_or(w.stored) as stored
      from (
        select g.stream_id, g.ts, g.items, pg_catalog.cardinality(pg_catalog.array_remove(g.values, null)) as points, false as stored from good g
        union all
        select s.stream_id, s.ts, 0, 0, true from stored s
      ) w
      group by w.stream_id, w.ts
    ) u
  )
  select pg_catalog.jsonb_build_object(
    'accepted', c.accepted,
    'duplicates', (select pg_catalog.count(*) from judged j where j.problem is null) - c.accepted,
    'rejected', coalesce((
      select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('index', j.index) || j.problem order by j.index)
      from judged j
      where j.problem is not null
    ), '[]')),
    c.points
  into v_answer, v_points
  from counted c;

  if v_points > 0 then
    insert into ops.point_log (tenant_id, points) values (tenant, v_points);
  end if;
  insert into fleet.ingest_batch (tenant_id, sent_by, correlation_id, idempotency_key, accepted, duplicates, rejected)
  values (tenant, auth.subject(), auth.correlation_id(), auth.request_header('idempotency-key'), (v_answer ->> 'accepted')::int,
    (v_answer ->> 'duplicates')::int, pg_catalog.jsonb_array_length(v_answer -> 'rejected'));
  return v_answer;
end
$$;
comment on function fleet.ingest(int, json) is
'Stores an array of wide or narrow readings and returns {accepted, duplicates, rejected: [{index, code, message, hint}]}; the three add up to the length of the array. A rejected reading costs no other. PT429 and PT403 when the tenant''s points of the day or its storage are used up; a device that would be one too many costs its own readings. Partial readings of one instant merge element by element. Notes the request in fleet.ingest_batch.';
