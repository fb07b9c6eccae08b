create or replace function fleet.decide_rollups(tenant int) returns bigint
language plpgsql
-- Bounds that are known when a query is planned spare looking at every chunk for every stream.
set plan_cache_mode = force_custom_plan
as $$
declare
  -- Enough for ten readings of whoever reports often enough for a day's summary to be smaller.
  c_newest constant interval := interval '2 days';
  v_first timestamptz;
  v_last timestamptz;
  v_due bigint;
begin
  select pg_catalog.min(c.from_ts) - c_newest, pg_catalog.max(c.to_ts) into v_first, v_last
  from fleet.rollup_change c
  where c.tenant_id = tenant;
  -- Streams that just wrote and whose last decision is older than an hour, or was never made.
  with asked as (
    select st.stream_id, ro.bucket
    from (select distinct c.stream_id from fleet.rollup_change c where c.tenant_id = tenant) w
    join fleet.stream st on st.tenant_id = tenant and st.stream_id = w.stream_id
    join fleet.rollups_of(tenant) ro on ro.profile_id = st.profile_id and ro.enabled
    left join fleet.stream_rollup sr
      on sr.tenant_id = tenant and sr.stream_id = st.stream_id and sr.bucket = ro.bucket
    where sr.stream_id is null
      or (not sr.made and sr.decided_at < pg_catalog.now() - interval '1 hour')
  ),
  rate as materialized (
    -- The newest readings tell how often the stream reports and how large its readings and their summaries are.
    -- With the widths asked for: the planner expects few streams, and would compare each with each to join them again.
    select s.stream_id, s.buckets, n.readings, n.seconds, n.reading_bytes, n.summary_bytes
    from (select a.stream_id, pg_catalog.array_agg(a.bucket) as buckets from asked a group by a.stream_id) s
    cross join lateral (
      select count(*) as readings,
        extract(epoch from max(r.ts) - min(r.ts)) as seconds,
        -- 40 bytes of row and page headers, and the entry in the index.
        avg(pg_catalog.pg_column_size(r.values)) + 40 + 24 as reading_bytes,
        -- The state, the figures beside it, row headers, those of the pieces that the state is stored in, index entries.
        pg_catalog.pg_column_size(vigil.stats_agg(r.ts, r.values)) + 28 * max(cardinality(r.values)) + 4 * 24 + 240 as summary_bytes
      from (
        select l.ts, l.values
        from fleet.reading l
        where l.tenant_id = tenant and l.stream_id = s.stream_id and l.ts >= v_first and l.ts <= v_last
        order by l.ts desc
        limit 100
      ) r
    ) n
  ),
  decided as (
    insert into fleet.stream_rollup as d (tenant_id, stream_id, bucket, made)
    select tenant, r.stream_id, a.bucket,
      -- Smaller than what it stands for.
      coalesce(extract(epoch from a.bucket) * (r.readings - 1) / nullif(r.seconds, 0) * r.reading_bytes > r.summary_bytes, false)
    from rate r
    cross join lateral pg_catalog.unnest(r.buckets) as a (bucket)
    -- Fewer readings say nothing about a rate; the stream is asked again when it writes.
    where r.readings >= 10
    on conflict (tenant_id, stream_id, bucket) do update
    set made = excluded.made, decided_at = excluded.decided_at
    returning d.stream_id, d.bucket, d.made
  )
  -- What a stream reported before it got its summaries.
  insert into fleet.rollup_due (tenant_id, stream_id, bucket, ts)
  select distinct tenant, d.stream_id, d.bucket, pg_catalog.date_bin(d.bucket, r.ts, '2000-01-01 00:00:00+00')
  from decided d
  join fleet.reading r on r.tenant_id = tenant and r.stream_id = d.stream_id
  where d.made
  on conflict (tenant_id, stream_id, bucket, ts) do nothing;
  get diagnostics v_due = row_count;
  return v_due;
end
$$;
comment on function fleet.decide_rollups(int) is
'Decides for streams of a tenant that wrote, at most once an hour each, which bucket widths make their readings smaller; such a decision stands. Marks all their buckets of new widths as due and returns how many.';
