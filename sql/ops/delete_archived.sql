create or replace function ops.delete_archived(tenant int, archive bigint, started_at timestamptz) returns bigint
language plpgsql
as $$
#variable_conflict use_column
declare
  v_range_start timestamptz;
  v_file ops.archive_manifest;
  v_rows bigint;
  v_hash numeric;
begin
  perform pg_catalog.set_config('lock_timeout', '900ms', true);
  lock table ops.legal_hold, ops.retention_policy, ops.archive_restore in share mode;
  select m.range_start into v_range_start
  from ops.archive_manifest m
  where m.tenant_id = tenant and m.archive_id = archive;
  perform ops.withdraw_archives(v_range_start);
  perform ops.replan_damaged(v_range_start, archive);
  select m.* into v_file
  from ops.archive_manifest m
  where m.tenant_id = tenant and m.archive_id = archive and m.state = 'verified'
  for update;
  if not found then
    return null;
  end if;
  begin
    -- What is deleted is what is compared. A late row that this does not see stays; its time comes with another file.
    with gone as (
      delete from fleet.reading r
      where r.tenant_id = tenant and r.stream_id = any (v_file.stream_ids)
        and r.ts >= v_file.range_start and r.ts < v_file.range_end
      returning r.stream_id, r.ts, r.values
    )
    select pg_catalog.count(*), pg_catalog.sum(ops.reading_hash(g.stream_id, g.ts, g.values))
    into v_rows, v_hash
    from gone g;
    if (v_rows, v_hash) is distinct from (v_file.row_count, v_file.row_hash) then
      raise exception using errcode = '40001', message = 'the rows have changed since their file was written';
    end if;
  exception when serialization_failure then
    update ops.archive_manifest m set state = 'planned' where m.tenant_id = tenant and m.archive_id = archive;
    return 0;
  end;
  update ops.archive_manifest m
  set state = 'dropped', dropped_at = pg_catalog.clock_timestamp()
  where m.tenant_id = tenant and m.archive_id = archive;
  insert into ops.retention_run (
    started_at, finished_at, object, policy_id, tenant_id, relation, action, row_count, bytes, from_ts, to_ts)
  select delete_archived.started_at, pg_catalog.clock_timestamp(), 'readings', v_file.policy_id, tenant, v_file.path, 'archive', v_rows,
    (pg_catalog.pg_total_relation_size(c.name) * v_rows / greatest(c.reltuples, v_rows))::bigint, v_file.from_ts, v_file.to_ts
  from (
    select k.oid::regclass as name, k.reltuples
    from timescaledb_information.chunks c
    join pg_catalog.pg_class k on k.oid = pg_catalog.format('%I.%I', c.chunk_schema, c.chunk_name)::regclass
    where c.hypertable_schema = 'fleet' and c.hypertable_name = 'reading' and c.range_start = v_file.range_start
  ) c;
  return v_rows;
end
$$;
comment on function ops.delete_archived(int, bigint, timestamptz) is
'Deletes the readings that a verified file holds from a chunk that others still need, if they are exactly those, and writes that to ops.retention_run. Returns how many; 0 when they have changed and the file is to be written again, null when it is not verified (any more).';
