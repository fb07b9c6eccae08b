create or replace function fleet.ingest(tenant int, items json) returns jsonb
language plpgsql
as $$
declare
  v_answer jsonb;
begin
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

  perform fleet.open_named_streams(tenant, items);

  with item as materialized (
    -- Text that jsonb refuses (NUL, lone surrogates) costs only its own reading.
    select e.ordinality - 1 as index,
      case when pg_catalog.pg_input_is_valid(e.value::text, 'jsonb') then e.value::text::jsonb end as body
    from pg_catalog.json_array_elements(items) with ordinality as e (value, ordinality)
  ),
  reading as materialized (
    select i.index, i.body,
      case when pg_catalog.jsonb_typeof(i.body -> 'device') = 'string' then i.body ->> 'device' end as device,
      case when i.body ->> 'ts' ~ '^\d{4}-\d\d-\d\d[T ]\d' and pg_catalog.pg_input_is_valid(i.body ->> 'ts', 'timestamptz')
        then (i.body ->> 'ts')::timestamptz end as ts,
      case
        when pg_catalog.jsonb_typeof(i.body -> 'metrics') = 'object' then i.body -> 'metrics'
        -- A null key counts as absent: PostgREST wants the objects of an array to have the same keys.
        when i.body -> 'metrics' <> 'null' then null
        when pg_catalog.jsonb_typeof(i.body -> 'metric') = 'string' and i.body ? 'value'
          then pg_catalog.jsonb_build_object(i.body ->> 'metric', i.body -> 'value')
      end as metrics
    from item i
  ),
  routed as materialized (
    select r.index, r.body, r.device, r.ts, r.metrics, d.device_id, s.stream_id, s.metric_names
    from reading r
    left join fleet.device d on d.tenant_id = tenant and d.external_id = r.device
    left join lateral (
      -- Without a named profile: the device's stream whose profile has the reading's first metric.
      select st.stream_id, p.metric_names
      from fleet.stream st
      join fleet.profile p using (tenant_id, profile_id)
      where st.tenant_id = tenant and st.device_id = d.device_id
        and case when r.body ->> 'profile' is not null then p.name = r.body ->> 'profile'
          else p.metric_names @> array[(select k.key from pg_catalog.jsonb_object_keys(r.metrics) as k (key) limit 1)] end
      order by st.stream_id
      limit 1
    ) s on true
  ),
  vector as materialized (
    select r.index, r.body, r.device, r.ts, r.metrics, r.device_id, r.stream_id, r.metric_names,
      v.values, k.keys, pg_catalog.cardinality(v.values) - pg_catalog.cardinality(pg_catalog.array_remove(v.values, null)) as absent
    from routed r
    left join lateral (
      select array(
        select case when pg_catalog.jsonb_typeof(r.metrics -> n.name) = 'number' and pg_catalog.abs((r.metrics -> n.name)::numeric) <= 1e100
          -- Too small for a double is an error to the cast, and must not cost the other readings.
          then case when pg_catalog.abs((r.metrics -> n.name)::numeric) >= 1e-307 then (r.metrics -> n.name)::float8 else 0 end end
        from pg_catalog.unnest(r.metric_names) with ordinality as n (name, position)
        order by n.position
      ) as values
    ) v on r.stream_id is not null
    left join lateral (
      select pg_catalog.count(*) as keys from pg_catalog.jsonb_object_keys(r.metrics)
    ) k on r.metrics is not null
  ),
  judged as materialized (
    select v.index, v.ts, v.stream_id, v.values, p.code, p.message, p.hint
    from vector v
    left join lateral (
      -- Every key that made it into the vector is sound; only a reading that lost a key is looked at one by one.
      select m.key, m.value, m.key = any (v.metric_names) as known
      from pg_catalog.jsonb_each(v.metrics) as m
      where v.stream_id is not null
        and v.keys > pg_catalog.cardinality(v.values) - v.absent
        and (m.key <> all (v.metric_names)
          or pg_catalog.jsonb_typeof(m.value) not in ('number', 'null')
          or pg_catalog.jsonb_typeof(m.value) = 'number' and pg_catalog.abs(m.value::numeric) > 1e100)
      order by m.key
      limit 1
    ) bad on true
    left join lateral fleet.reading_problem(
      v.body, v.device, v.ts, v.metrics, v.device_id is not null, v.stream_id is not null,
      bad.key, bad.value, bad.known, v.absent = pg_catalog.cardinality(v.values)
    ) p on true
  ),
  good as (
    select j.stream_id, j.ts, fleet.merged(j.values order by j.index) as values, pg_catalog.count(distinct j.values) as items
    from judged j
    where j.code is null
    group by j.stream_id, j.ts
  ),
  stored as (
    insert into fleet.reading as r (tenant_id, stream_id, ts, values)
    select tenant, g.stream_id, g.ts, g.values
    from good g
    order by g.stream_id, g.ts
    on conflict (tenant_id, stream_id, ts) do update
    set values = vigil.merge_values(r.values, excluded.values)
    where r.values is distinct from vigil.merge_values(r.values, excluded.values)
    returning r.stream_id, r.ts
  ),
  counted as (
    select coalesce(pg_catalog.sum(g.items), 0) as accepted
    from good g
    join stored s using (stream_id, ts)
  )
  select pg_catalog.jsonb_build_object(
    'accepted', c.accepted,
    'duplicates', (select pg_catalog.count(*) from judged j where j.code is null) - c.accepted,
    'rejected', coalesce((
      select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'index', j.index, 'code', j.code, 'message', j.message, 'hint', j.hint) order by j.index)
      from judged j
      where j.code is not null
    ), '[]'))
  into v_answer
  from counted c;
  return v_answer;
end
$$;
comment on function fleet.ingest(int, json) is
'Stores an array of wide or narrow readings and returns {accepted, duplicates, rejected: [{index, code, message, hint}]}; the three add up to the length of the array. A rejected reading costs no other. Partial readings of one instant merge element by element.';
