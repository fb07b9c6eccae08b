create or replace function audit.record_retention(run timestamptz) returns bigint
language plpgsql
as $$
declare
  v_runs bigint;
begin
  with noted as (
    update ops.retention_run r
    set audited = true
    where not r.audited and (r.started_at = run or r.finished_at < pg_catalog.clock_timestamp() - interval '1 hour')
    returning r.tenant_id, r.started_at, r.finished_at, r.object, r.policy_id, r.action, r.row_count, r.bytes, r.from_ts, r.to_ts
  )
  insert into audit.entry (tenant_id, actor, role, action, operation, object, detail)
  select n.tenant_id, 'retention', current_user, 'retention', 'retention', n.object, pg_catalog.jsonb_build_object(
    'object', n.object, 'action', n.action, 'policy_id', n.policy_id, 'started_at', n.started_at,
    'finished_at', pg_catalog.max(n.finished_at), 'relations', pg_catalog.count(*), 'rows', pg_catalog.sum(n.row_count),
    'bytes', pg_catalog.sum(n.bytes), 'from_ts', pg_catalog.min(n.from_ts), 'to_ts', pg_catalog.max(n.to_ts))
  from noted n
  -- Empty chunks and logs are no tenant's, and a tenant may be gone.
  join fleet.tenant t on t.tenant_id = n.tenant_id
  group by n.tenant_id, n.started_at, n.object, n.policy_id, n.action
  order by n.tenant_id, n.started_at, n.object, n.policy_id, n.action;
  get diagnostics v_runs = row_count;
  return v_runs;
end
$$;
comment on function audit.record_retention(timestamptz) is
'Writes an entry for each tenant, object, policy and kind of removal of the run that started then, and of runs in ops.retention_run that were killed and have none. Returns how many.';
