create or replace function ops.prune() returns bigint
language plpgsql
as $$
declare
  v_removed bigint := fleet.expire_rollups();
  v_rows bigint;
begin
  delete from ops.idempotency_key k where k.created_at <= pg_catalog.now() - interval '24 hours';
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  delete from fleet.ingest_batch b
  using fleet.tenant t
  where b.tenant_id = t.tenant_id and b.received_at < pg_catalog.now() - interval '7 days';
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  -- A day longer than watermarks are good for, so that transactions of hours lose nothing.
  delete from fleet.export_change c
  using fleet.tenant t
  where c.tenant_id = t.tenant_id and c.logged_at < pg_catalog.now() - interval '8 days';
  get diagnostics v_rows = row_count;
  return v_removed + v_rows;
end
$$;
comment on function ops.prune() is
'Removes what ages by rules of its own, not by ops.retention_policy: summaries of readings past the retention of their rollup, requests that brought readings after 7 days, what the export goes by after 8, and idempotency keys after 24 hours. Returns how many rows.';
