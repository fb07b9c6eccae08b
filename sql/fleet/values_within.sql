create or replace function fleet.values_within(tenant int, stream int, metric int, within tstzmultirange, restored boolean)
returns table (ts timestamptz, value float8)
language plpgsql stable
-- Bounds that are known when a query is planned spare looking at every chunk, which is then what most of the time goes into
-- when a range is short. So the query has one table and no aggregates, and is not searched for more chunks to leave out.
set plan_cache_mode = force_custom_plan
set constraint_exclusion = off
set timescaledb.enable_chunk_append = off
as $$
declare
  -- More ranges than this are read in one sweep over all of them.
  c_most constant int := 8;
  v_sweeps tstzrange[] := array(select unnest(within));
  v_sweep tstzrange;
  v_is_swept boolean := cardinality(v_sweeps) > c_most;
  v_from timestamptz;
  v_to timestamptz;
begin
  if v_is_swept then
    v_sweeps := array[range_merge(within)];
  end if;
  foreach v_sweep in array v_sweeps loop
    v_from := lower(v_sweep);
    v_to := upper(v_sweep);
    return query
    select r.ts, r.values[metric]
    from fleet.reading r
    where r.tenant_id = tenant and r.stream_id = stream and r.ts >= v_from and r.ts < v_to and (not v_is_swept or r.ts <@ within);
  end loop;
  if restored then
    return query
    select r.ts, r.values[metric]
    from fleet.restored_reading r
    where r.tenant_id = tenant and r.stream_id = stream and r.ts >= lower(within) and r.ts < upper(within) and r.ts <@ within;
  end if;
end
$$;
comment on function fleet.values_within(int, int, int, tstzmultirange, boolean) is
'Values of a metric, given by its position, in a stream''s readings within ranges of time; with restored also in those brought back from archives. Null where it was not reported. In no order.';
