create or replace function fleet.buckets_of_readings(
  tenant int, stream int, metric int, within tstzmultirange, bucket interval)
returns table (ts timestamptz, n bigint, average float8, minimum float8, maximum float8)
language plpgsql stable
-- Bounds that are known when a query is planned spare looking at every chunk.
set plan_cache_mode = force_custom_plan
as $$
declare
  -- More ranges than this are read in one sweep over all of them.
  c_most constant int := 8;
  v_from timestamptz;
  v_to timestamptz;
begin
  for v_from, v_to in
    select lower(s.sweep), upper(s.sweep)
    from (
      select w.sweep, count(*) over () as sweeps
      from unnest(within) as w (sweep)
    ) s
    where s.sweeps <= c_most
    union all
    select lower(within), upper(within)
    where (select count(*) from unnest(within)) > c_most
  loop
    return query
    select pg_catalog.date_bin(buckets_of_readings.bucket, r.ts, '2000-01-01 00:00:00+00'), count(*), avg(r.values[metric]),
      min(r.values[metric]), max(r.values[metric])
    from (
      select h.ts, h.values
      from fleet.reading h
      where h.tenant_id = tenant and h.stream_id = stream and h.ts >= v_from and h.ts < v_to
      union all
      select x.ts, x.values
      from fleet.restored_reading x
      where x.tenant_id = tenant and x.stream_id = stream and x.ts >= v_from and x.ts < v_to
    ) r
    where r.ts <@ within and r.values[metric] is not null
    group by 1;
  end loop;
end
$$;
comment on function fleet.buckets_of_readings(int, int, int, tstzmultirange, interval) is
'Count, average, minimum and maximum of a metric, given by its position, in a stream''s readings within ranges of time, per bucket; those brought back from archives included. A bucket that several ranges have a part of comes in as many rows.';
