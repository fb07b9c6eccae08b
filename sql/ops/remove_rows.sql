create or replace function ops.remove_rows(
  object text, relation text, first_block bigint, last_block bigint, row_bytes numeric, started_at timestamptz
) returns bigint
language plpgsql
as $$
declare
  v_rows bigint;
begin
  perform pg_catalog.set_config('lock_timeout', '900ms', true);
  -- A hold or a longer policy that is placed meanwhile waits until these rows are gone; one that is there is seen below.
  lock table ops.legal_hold, ops.retention_policy in share mode;
  if object = 'audit' then
    perform audit.move_anchors();
  end if;
  execute pg_catalog.format($query$
    with gone as (
      delete from %s r
      using (%s) x
      where r.ctid >= $2 and r.ctid < $3 and r.ctid = x.tid and x.expired and not x.held
      returning x.tenant_id, x.policy_id, x.ts
    ),
    noted as (
      insert into ops.retention_run as n (
        started_at, finished_at, object, policy_id, tenant_id, relation, action, row_count, bytes, from_ts, to_ts)
      select $4, pg_catalog.clock_timestamp(), $5, g.policy_id, g.tenant_id, $6, 'delete', pg_catalog.count(*),
        (pg_catalog.count(*) * $7)::bigint, pg_catalog.min(g.ts), pg_catalog.max(g.ts)
      from gone g
      group by g.policy_id, g.tenant_id
      on conflict (tenant_id, policy_id, relation, started_at) do update
      set finished_at = excluded.finished_at, row_count = n.row_count + excluded.row_count, bytes = n.bytes + excluded.bytes,
        from_ts = least(n.from_ts, excluded.from_ts), to_ts = greatest(n.to_ts, excluded.to_ts), audited = false
    )
    select pg_catalog.count(*) from gone
    $query$,
    relation::regclass, ops.expired_query(relation::regclass))
  into v_rows
  using null::int, pg_catalog.format('(%s,0)', first_block)::tid, pg_catalog.format('(%s,0)', last_block)::tid,
    started_at, object, relation, row_bytes;
  return v_rows;
end
$$;
comment on function ops.remove_rows(text, text, bigint, bigint, numeric, timestamptz) is
'Deletes the rows that are past their limit and not held from some blocks of a table or chunk, last_block excluded, and adds them to ops.retention_run at row_bytes each. Returns how many. 55P03 when somebody who places a hold keeps it waiting for more than 0.9 s.';
