create or replace procedure fleet.refresh_rollups(inout made bigint)
language plpgsql
as $$
declare
  -- Buckets of a width in one run, newest first: those that cannot be refreshed stay due and must not be in the way.
  c_most constant int := 5000;
  v_bucket interval;
  v_whole timestamptz[];
  v_window tstzrange;
  v_count bigint;
begin
  made := 0;
  for v_bucket in
    select distinct o.bucket
    from fleet.rollup_due o
    where pg_catalog.to_regclass(fleet.aggregate_name(o.bucket)) is not null
    order by o.bucket
  loop
    -- A stream that lost readings to retention keeps its summary, whatever comes late.
    execute pg_catalog.format(
      $sql$
      delete from fleet.rollup_due o
      using %s k
      where o.bucket = $1 and k.tenant_id = o.tenant_id and k.stream_id = o.stream_id and k.ts = o.ts
        and k.readings > (
          select count(*) from fleet.reading r
          where r.tenant_id = k.tenant_id and r.stream_id = k.stream_id and r.ts >= k.ts and r.ts < k.ts + $1)
      $sql$, fleet.aggregate_name(v_bucket)) using v_bucket;
    -- A refresh replaces the bucket of every stream, so it waits where it would take another's summary with it, unless that
    -- stream is gone. Who asks for such a bucket is answered from the readings, for as long as there are any.
    execute pg_catalog.format(
      $sql$
      select array(
        select d.ts
        from (
          select distinct o.ts
          from fleet.rollup_due o
          where o.bucket = $1 and o.ts + o.bucket <= pg_catalog.now()
          order by o.ts desc
          limit $2
        ) d
        where not exists (
          select from %s k
          join fleet.stream st on st.tenant_id = k.tenant_id and st.stream_id = k.stream_id
          where k.ts = d.ts
            and k.readings > (
              select count(*) from fleet.reading r
              where r.tenant_id = k.tenant_id and r.stream_id = k.stream_id and r.ts >= k.ts and r.ts < k.ts + $1)))
      $sql$, fleet.aggregate_name(v_bucket)) into v_whole using v_bucket, c_most;
    for v_window in
      select pg_catalog.unnest(pg_catalog.range_agg(pg_catalog.tstzrange(w.ts, w.ts + v_bucket)))
      from pg_catalog.unnest(v_whole) as w (ts)
    loop
      commit;
      -- Forced, since a stream that is summarised from now on has written nothing since its history was materialised.
      call public.refresh_continuous_aggregate(fleet.aggregate_name(v_bucket)::regclass, lower(v_window), upper(v_window), true);
      commit;
      -- Nothing was added meanwhile: what is written goes to fleet.rollup_change, which only this job reads.
      delete from fleet.rollup_due o where o.bucket = v_bucket and o.ts <@ v_window;
      get diagnostics v_count = row_count;
      made := made + v_count;
      commit;
    end loop;
  end loop;
end
$$;
comment on procedure fleet.refresh_rollups(bigint) is
'Refreshes the continuous aggregates where buckets ended and are due, at most 5000 of a width in a run; says how many buckets of streams.';
