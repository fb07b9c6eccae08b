create or replace function ops.drop_archived(range_start timestamptz, started_at timestamptz) returns bigint
language plpgsql
as $$
#variable_conflict use_column
declare
  v_chunk text;
  v_others boolean;
  v_changed bigint[];
  v_rows bigint;
begin
  perform pg_catalog.set_config('lock_timeout', '900ms', true);
  -- A hold or a longer policy that is placed meanwhile waits, and finds the chunk gone; one that is there counts. A restore
  -- must not miss what goes while it reads.
  lock table ops.legal_hold, ops.retention_policy, ops.archive_restore in share mode;
  perform ops.withdraw_archives(drop_archived.range_start);
  select pg_catalog.format('%I.%I', c.chunk_schema, c.chunk_name) into v_chunk
  from timescaledb_information.chunks c
  where c.hypertable_schema = 'fleet' and c.hypertable_name = 'reading' and c.range_start = drop_archived.range_start;
  if v_chunk is null then
    -- Somebody has dropped it by hand. What is verified is all there is.
    update ops.archive_manifest m
    set state = 'dropped', dropped_at = pg_catalog.clock_timestamp()
    where m.range_start = drop_archived.range_start and m.state = 'verified';
    return 0;
  end if;
  if ops.replan_damaged(drop_archived.range_start) > 0 then
    return 0;
  end if;
  -- Writers need not wait for what will not be.
  execute pg_catalog.format($query$
    select exists (
      select from (select distinct r.tenant_id, r.stream_id from %s r) s
      where not exists (
        select from ops.archive_manifest m
        where m.range_start = $1 and m.state = 'verified' and m.tenant_id = s.tenant_id and s.stream_id = any (m.stream_ids)))
    $query$, v_chunk::regclass)
  into v_others
  using drop_archived.range_start;
  if v_others then
    return null;
  end if;
  perform ops.lock_chunk('fleet.reading', v_chunk::regclass);
  -- Counted again, now that nothing can be added: the rows must be those of the files, each once.
  execute pg_catalog.format($query$
    with file as (
      select m.tenant_id, m.archive_id, s.stream_id
      from ops.archive_manifest m
      cross join lateral pg_catalog.unnest(m.stream_ids) s (stream_id)
      where m.range_start = $1 and m.state = 'verified'
    ),
    stream as materialized (
      select r.tenant_id, r.stream_id, pg_catalog.count(*) as row_count,
        pg_catalog.sum(ops.reading_hash(r.stream_id, r.ts, r.values)) as row_hash
      from %s r
      group by r.tenant_id, r.stream_id
    ),
    found as (
      select f.tenant_id, f.archive_id, pg_catalog.sum(s.row_count) as row_count, pg_catalog.sum(s.row_hash) as row_hash
      from stream s
      left join file f on f.tenant_id = s.tenant_id and f.stream_id = s.stream_id
      group by f.tenant_id, f.archive_id
    )
    select
      coalesce(pg_catalog.bool_or(f.archive_id is null), false) as others,
      pg_catalog.array_agg(m.archive_id) filter (
        where m.archive_id is not null and (f.row_count, f.row_hash) is distinct from (m.row_count, m.row_hash)) as changed
    from found f
    full join (
      select m.tenant_id, m.archive_id, m.row_count, m.row_hash from ops.archive_manifest m where m.range_start = $1 and m.state = 'verified'
    ) m on m.tenant_id = f.tenant_id and m.archive_id = f.archive_id
    $query$, v_chunk::regclass)
  into v_others, v_changed
  using drop_archived.range_start;
  if v_changed is not null then
    update ops.archive_manifest m
    set state = 'planned'
    where m.range_start = drop_archived.range_start and m.state = 'verified' and m.archive_id = any (v_changed);
    return 0;
  end if;
  if v_others then
    return null;
  end if;
  with noted as (
    insert into ops.retention_run (
      started_at, finished_at, object, policy_id, tenant_id, relation, action, row_count, bytes, from_ts, to_ts)
    select drop_archived.started_at, pg_catalog.clock_timestamp(), 'readings', m.policy_id, m.tenant_id, m.path, 'archive', m.row_count,
      (pg_catalog.pg_total_relation_size(v_chunk::regclass) * m.row_count / pg_catalog.sum(m.row_count) over ())::bigint,
      m.from_ts, m.to_ts
    from ops.archive_manifest m
    where m.range_start = drop_archived.range_start and m.state = 'verified'
    returning row_count
  )
  select pg_catalog.sum(n.row_count) into v_rows from noted n;
  update ops.archive_manifest m
  set state = 'dropped', dropped_at = pg_catalog.clock_timestamp()
  where m.range_start = drop_archived.range_start and m.state = 'verified';
  perform ops.drop_chunk(v_chunk);
  return v_rows;
end
$$;
comment on function ops.drop_archived(timestamptz, timestamptz) is
'Drops the chunk of readings that starts at an instant if verified files hold exactly what is in it, compared under lock, and writes that to ops.retention_run. Files whose rows have changed since are to be written again. Returns how many rows it held; 0 when files start over, null when other rows keep the chunk: ops.delete_archived takes the files'' rows from it. Writers of readings wait meanwhile. 55P03 when the locks are not to be had within 0.9 s each.';
