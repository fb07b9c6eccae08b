create or replace function fleet.make_rollups(tenant int) returns bigint
language plpgsql
-- Bounds that are known when a query is planned spare looking at every chunk for every bucket.
set plan_cache_mode = force_custom_plan
as $$
declare
  -- Buckets made in one run: bounds its memory and how long it holds what it locks.
  c_most constant int := 20000;
  c_day constant interval := interval '1 day';
  v_left bigint := c_most;
  v_day timestamptz;
  v_archived int[];
  v_taken bigint;
  v_rows bigint;
  v_made bigint := 0;
begin
  perform fleet.note_rollups(tenant);
  if not exists (select from fleet.rollup_due o where o.tenant_id = tenant) then
    return 0;
  end if;

  -- Buckets divide a day, so each lies within one. The oldest first; those that are still filling wait.
  loop
    select pg_catalog.date_bin(c_day, pg_catalog.min(o.ts), '2000-01-01 00:00:00+00') into v_day
    from fleet.rollup_due o
    where o.tenant_id = tenant and o.ts + o.bucket <= pg_catalog.now();
    exit when v_day is null or v_left <= 0;
    -- What came late to a day that is in files is not all there was of it: its summaries stay as they are.
    v_archived := array(
      select n.stream_id
      from ops.archive_manifest m
      cross join lateral pg_catalog.unnest(m.stream_ids) n (stream_id)
      where m.tenant_id = tenant and m.state in ('dropped', 'restored', 'removed') and m.dropped_at is not null
        and m.range_start < v_day + c_day and m.range_end > v_day);
    with taken as (
      delete from fleet.rollup_due d
      where d.tenant_id = tenant
        and (d.stream_id, d.bucket, d.ts) in (
          select o.stream_id, o.bucket, o.ts
          from fleet.rollup_due o
          where o.tenant_id = tenant and o.ts >= v_day and o.ts < v_day + c_day and o.ts + o.bucket <= pg_catalog.now()
          order by o.stream_id, o.bucket, o.ts
          limit v_left)
      returning d.stream_id, d.bucket, d.ts
    ),
    made as (
      insert into fleet.reading_rollup as k (tenant_id, stream_id, bucket, ts, readings, state, counts, means, minima, maxima)
      select tenant, t.stream_id, t.bucket, t.ts, s.readings, s.state,
        vigil.num_vals(s.state)::int[], vigil.average(s.state), vigil.min_val(s.state), vigil.max_val(s.state)
      from taken t
      cross join lateral (
        select pg_catalog.count(*) as readings, vigil.stats_agg(r.ts, r.values) as state
        from fleet.reading r
        where r.tenant_id = tenant and r.stream_id = t.stream_id and r.ts >= t.ts and r.ts < t.ts + t.bucket
          and r.ts >= v_day and r.ts < v_day + c_day
      ) s
      where s.readings > 0 and t.stream_id <> all (v_archived)
      on conflict (tenant_id, stream_id, bucket, ts) do update
      set readings = excluded.readings, state = excluded.state,
        counts = excluded.counts, means = excluded.means, minima = excluded.minima, maxima = excluded.maxima
      -- Readings that were removed since do not take their summary with them.
      where excluded.readings >= k.readings
      returning 1
    )
    select (select pg_catalog.count(*) from taken), (select pg_catalog.count(*) from made) into v_taken, v_rows;
    v_left := v_left - v_taken;
    v_made := v_made + v_rows;
  end loop;
  return v_made;
end
$$;
comment on function fleet.make_rollups(int) is
'Makes the buckets of a tenant that ended and are due, at most 20000 in a run. Returns how many were made. Running it again changes nothing.';
