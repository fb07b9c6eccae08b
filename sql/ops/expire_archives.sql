create or replace function ops.expire_archives(started_at timestamptz) returns bigint
language plpgsql
as $$
#variable_conflict use_column
declare
  v_removed bigint;
begin
  perform pg_catalog.set_config('lock_timeout', '900ms', true);
  -- A hold that is placed meanwhile waits, and finds the file gone; one that is there counts.
  lock table ops.legal_hold, ops.retention_policy in share mode;
  with past as (
    update ops.archive_manifest m
    set state = 'removed', removed_at = pg_catalog.clock_timestamp()
    from ops.retention_scope('readings') s
    where m.state in ('dropped', 'restored')
      and s.tenant_id = m.tenant_id and s.profile_id = m.profile_id and s.cutoff >= m.range_end
      and not exists (
        select from ops.retention_stream('readings') r
        where r.tenant_id = m.tenant_id and r.stream_id = any (m.stream_ids)
          and r.held && pg_catalog.tstzrange(m.range_start, m.range_end))
    returning m.tenant_id, s.policy_id, m.path, m.row_count, m.bytes, m.from_ts, m.to_ts
  )
  insert into ops.retention_run (
    started_at, finished_at, object, policy_id, tenant_id, relation, action, row_count, bytes, from_ts, to_ts)
  select expire_archives.started_at, pg_catalog.clock_timestamp(), 'readings', p.policy_id, p.tenant_id, p.path, 'remove file', p.row_count,
    p.bytes, p.from_ts, p.to_ts
  from past p;
  get diagnostics v_removed = row_count;
  return v_removed;
end
$$;
comment on function ops.expire_archives(timestamptz) is
'Gives up the files that are past the cold tier of their policy and not held, and writes that to ops.retention_run; ops.sweep_archives unlinks them once that is committed. Returns how many.';
