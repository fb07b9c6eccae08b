create or replace function fleet.make_rollups(tenant int) returns bigint
language plpgsql
as $$
declare
  -- Buckets made in one run: bounds its memory and how long it holds what it locks.
  c_most constant int := 20000;
  v_made bigint;
begin
  perform fleet.note_rollups(tenant);

  with taken as (
    -- Buckets that are still filling wait.
    delete from fleet.rollup_due d
    where d.tenant_id = tenant
      and (d.stream_id, d.bucket, d.ts) in (
        select o.stream_id, o.bucket, o.ts
        from fleet.rollup_due o
        where o.tenant_id = tenant and o.ts + o.bucket <= pg_catalog.now()
        order by o.stream_id, o.bucket, o.ts
        limit c_most)
    returning d.stream_id, d.bucket, d.ts
  )
  insert into fleet.reading_rollup as k (tenant_id, stream_id, bucket, ts, readings, state, counts, means, minima, maxima)
  select tenant, t.stream_id, t.bucket, t.ts, s.readings, s.state,
    vigil.num_vals(s.state)::int[], vigil.average(s.state), vigil.min_val(s.state), vigil.max_val(s.state)
  from taken t
  cross join lateral (
    select count(*) as readings, vigil.stats_agg(r.ts, r.values) as state
    from fleet.reading r
    where r.tenant_id = tenant and r.stream_id = t.stream_id and r.ts >= t.ts and r.ts < t.ts + t.bucket
  ) s
  where s.readings > 0
  on conflict (tenant_id, stream_id, bucket, ts) do update
  set readings = excluded.readings, state = excluded.state,
    counts = excluded.counts, means = excluded.means, minima = excluded.minima, maxima = excluded.maxima
  -- Readings that were removed since do not take their summary with them.
  where excluded.readings >= k.readings;
  get diagnostics v_made = row_count;

  return v_made;
end
$$;
comment on function fleet.make_rollups(int) is
'Makes the buckets of a tenant that ended and are due, at most 20000 in a run. Returns how many were made. Running it again changes nothing.';
