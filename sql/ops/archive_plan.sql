create or replace function ops.archive_plan(of_tenant int default null, of_range_start timestamptz default null)
returns setof ops.archive_item
language plpgsql stable
as $$
declare
  -- Values in a file: some hundred megabytes before they are compressed.
  c_most constant int := 40000000;
  v_chunk record;
begin
  for v_chunk in
    select pg_catalog.format('%I.%I', k.chunk_schema, k.chunk_name)::regclass as name, k.range_start, k.range_end
    from timescaledb_information.chunks k
    where k.hypertable_schema = 'fleet' and k.hypertable_name = 'reading'
      and k.range_end <= (select pg_catalog.max(s.archive_before) from ops.retention_scope('readings') s)
      and (of_range_start is null or k.range_start = of_range_start)
    order by k.range_start
  loop
    -- By stream, so that the index is all that is read.
    return query execute pg_catalog.format($query$
      with stream as (
        select x.tenant_id, x.stream_id, pg_catalog.count(*) as n from %s x group by x.tenant_id, x.stream_id
      ),
      due as (
        select x.tenant_id, x.stream_id, s.profile_id, s.policy_id, x.n,
          coalesce(s.held && pg_catalog.tstzrange($1, $2), false) as held,
          pg_catalog.cardinality(p.metric_names) as width
        from stream x
        join ops.retention_stream('readings') s on s.tenant_id = x.tenant_id and s.stream_id = x.stream_id
        join fleet.profile p on p.tenant_id = s.tenant_id and p.profile_id = s.profile_id
        where s.archive_before >= $2 and ($3::int is null or x.tenant_id = $3)
          and not exists (
            select from ops.archive_manifest m
            where m.range_start = $1 and m.tenant_id = x.tenant_id and m.state in ('planned', 'written', 'verified')
              and x.stream_id = any (m.stream_ids))
          -- What came late to a range that is back in the views stays in them as long as that.
          and not exists (
            select from ops.archive_restore b
            join ops.archive_manifest m on m.tenant_id = b.tenant_id and m.range_start = $1 and m.state = 'restored'
              and x.stream_id = any (m.stream_ids)
            where b.tenant_id = x.tenant_id and b.from_ts < $2 and b.to_ts > $1)
      ),
      part as (
        select d.*, case when not d.held then
          pg_catalog.sum(d.n * d.width) over (partition by d.tenant_id, d.profile_id, d.held order by d.stream_id)::bigint / $4 end as part
        from due d
      )
      select p.tenant_id, p.profile_id, p.policy_id, $5::text, $1, $2,
        coalesce(pg_catalog.array_agg(p.stream_id order by p.stream_id) filter (where not p.held), '{}'),
        coalesce(pg_catalog.sum(p.n) filter (where not p.held), 0)::bigint,
        coalesce(pg_catalog.sum(p.n) filter (where p.held), 0)::bigint,
        (pg_catalog.pg_total_relation_size($6) * coalesce(pg_catalog.sum(p.n) filter (where not p.held), 0)
          / (select pg_catalog.sum(s.n) from stream s))::bigint
      from part p
      group by p.tenant_id, p.profile_id, p.policy_id, p.part
      order by p.tenant_id, p.profile_id, p.part
      $query$, v_chunk.name)
    using v_chunk.range_start, v_chunk.range_end, of_tenant, c_most, v_chunk.name::text, v_chunk.name;
  end loop;
end
$$;
comment on function ops.archive_plan(int, timestamptz) is
'The dry run of the job archive: what is past the hot tier, has a cold one and is in no file yet, one row for each file to be; all, or of one tenant or the chunk that starts at an instant. held_rows stay in the database while a legal hold covers their stream in that chunk, in rows of their own without streams. bytes is the rows'' share of the chunk on disk. Whether there is a directory for files is not asked.';
