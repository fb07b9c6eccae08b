create or replace function fleet.note_readings() returns trigger
language plpgsql
as $$
begin
  -- One row per stream and hour keeps a single late reading from dirtying everything between it and now.
  with change as materialized (
    select w.tenant_id, w.stream_id, min(w.ts) as from_ts, max(w.ts) as to_ts
    from written w
    group by w.tenant_id, w.stream_id, pg_catalog.date_bin('1 hour', w.ts, '2000-01-01')
  ),
  for_rollups as (
    insert into fleet.rollup_change (tenant_id, stream_id, from_ts, to_ts)
    select c.tenant_id, c.stream_id, c.from_ts, c.to_ts from change c
  ),
  for_export as (
    insert into fleet.export_change (tenant_id, from_ts, to_ts, streams)
    select c.tenant_id, min(c.from_ts), max(c.to_ts), pg_catalog.range_agg(pg_catalog.int4range(c.stream_id, c.stream_id, '[]'))
    from change c
    group by c.tenant_id, pg_catalog.date_bin('1 hour', c.from_ts, '2000-01-01')
  )
  insert into fleet.reading_change (tenant_id, stream_id, from_ts, to_ts)
  select c.tenant_id, c.stream_id, c.from_ts, c.to_ts from change c;

  -- Rows are locked in key order, so two writers of the same streams queue instead of deadlocking.
  insert into fleet.latest as l (tenant_id, stream_id, ts, values, seen)
  with newest as materialized (
    select w.tenant_id, w.stream_id, w.ts, w.values, k.width,
      cardinality(w.values) = k.width and pg_catalog.array_position(w.values, null) is null as complete
    from (
      select t.tenant_id, t.stream_id, max(t.ts) as ts, max(cardinality(t.values)) as width
      from written t
      group by t.tenant_id, t.stream_id
    ) k
    join written w using (tenant_id, stream_id, ts)
  ),
  earlier as materialized (
    -- What the newest reading of a stream leaves out may stand in an earlier one.
    select distinct on (w.tenant_id, w.stream_id, u.position) w.tenant_id, w.stream_id, u.position, w.ts, u.value
    from newest n
    join written w on w.tenant_id = n.tenant_id and w.stream_id = n.stream_id and w.ts < n.ts
    cross join lateral pg_catalog.unnest(w.values) with ordinality as u (value, position)
    where not n.complete and u.value is not null and n.values[u.position] is null
    order by w.tenant_id, w.stream_id, u.position, w.ts desc
  ),
  filled as materialized (
    select n.tenant_id, n.stream_id,
      pg_catalog.array_agg(coalesce(n.values[p.position], e.value) order by p.position) as values,
      pg_catalog.array_agg(case when n.values[p.position] is null then e.ts else n.ts end order by p.position) as seen
    from newest n
    cross join lateral pg_catalog.generate_series(1, n.width) as p (position)
    left join earlier e on e.tenant_id = n.tenant_id and e.stream_id = n.stream_id and e.position = p.position
    where not n.complete
    group by n.tenant_id, n.stream_id
  )
  select n.tenant_id, n.stream_id, n.ts,
    coalesce(f.values, n.values),
    coalesce(f.seen, pg_catalog.array_fill(n.ts, array[cardinality(n.values)]))
  from newest n
  left join filled f using (tenant_id, stream_id)
  order by n.tenant_id, n.stream_id
  -- Everything newer than all there was replaces it at once; otherwise each element is compared. A null in seen, for
  -- an element that was not reported, makes the first test null.
  on conflict (tenant_id, stream_id) do update
  set ts = greatest(l.ts, excluded.ts),
    values = case when l.ts <= all (excluded.seen) and cardinality(excluded.values) >= cardinality(l.values)
      then excluded.values
      else (
        select pg_catalog.array_agg(
          case when o.seen is null or b.seen >= o.seen then b.value else o.value end order by position)
        from unnest(l.values, l.seen) with ordinality as o (value, seen, position)
        full join unnest(excluded.values, excluded.seen) with ordinality as b (value, seen, position)
          using (position)
      ) end,
    seen = case when l.ts <= all (excluded.seen) and cardinality(excluded.values) >= cardinality(l.values)
      then excluded.seen
      else (
        select pg_catalog.array_agg(greatest(o.seen, b.seen) order by position)
        from unnest(l.values, l.seen) with ordinality as o (value, seen, position)
        full join unnest(excluded.values, excluded.seen) with ordinality as b (value, seen, position)
          using (position)
      ) end;
  return null;
end
$$;
comment on function fleet.note_readings() is
'After each statement that writes readings: logs what changed for the features and rollups jobs and the export, and keeps fleet.latest, element by element, whatever order readings arrive in.';

create or replace trigger _500_note_inserted_readings
  after insert on fleet.reading
  referencing new table as written
  for each statement execute function fleet.note_readings();

create or replace trigger _500_note_updated_readings
  after update on fleet.reading
  referencing new table as written
  for each statement execute function fleet.note_readings();
