create or replace function ops.remove_chunk(object text, relation text, started_at timestamptz) returns bigint
language plpgsql
as $$
#variable_conflict use_column
declare
  v_rows bigint;
begin
  -- Less than deadlock_timeout: whoever holds what this waits for is left alone, and waits no longer for this.
  perform pg_catalog.set_config('lock_timeout', '900ms', true);
  -- A hold or a longer policy that is placed meanwhile waits, and finds the chunk gone; one that is there is seen below.
  lock table ops.legal_hold, ops.retention_policy in share mode;
  perform ops.lock_chunk(
    (select o.relation::regclass from ops.retention_object o where o.object = remove_chunk.object), remove_chunk.relation::regclass);
  -- Counted again, now that nothing can be added: a late row may have a longer policy.
  with noted as (
    insert into ops.retention_run (
      started_at, finished_at, object, policy_id, tenant_id, relation, action, row_count, bytes, from_ts, to_ts)
    select remove_chunk.started_at, pg_catalog.clock_timestamp(), p.object, p.policy_id, p.tenant_id, p.relation, p.action,
      p.row_count, p.bytes, p.from_ts, p.to_ts
    from ops.retention_plan(remove_chunk.object, of_relation => remove_chunk.relation) p
    where p.action = 'drop chunk'
    returning row_count
  )
  select pg_catalog.sum(n.row_count) into v_rows from noted n;
  if v_rows is null then
    return null;
  end if;
  perform ops.drop_chunk(remove_chunk.relation);
  return v_rows;
end
$$;
comment on function ops.remove_chunk(text, text, timestamptz) is
'Drops a chunk of which, counted under lock, everything is past its limit and nothing is held, and writes that to ops.retention_run. Returns how many rows it held; null when it may not go (any more). Writers of the hypertable wait meanwhile. 55P03 when the locks are not to be had within 0.9 s each.';
