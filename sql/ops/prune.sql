create or replace function ops.prune() returns bigint
language plpgsql
as $$
declare
  v_removed bigint := 0;
  v_rows bigint;
begin
  -- pg_cron never trims its own log.
  delete from cron.job_run_details d where d.start_time < pg_catalog.now() - interval '2 days';
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  delete from ops.job_run r where r.started_at < pg_catalog.now() - interval '30 days';
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  v_removed := v_removed + fleet.expire_rollups();
  delete from ops.heartbeat h where h.last_seen_at < pg_catalog.now() - interval '7 days';
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  delete from ops.idempotency_key k where k.created_at <= pg_catalog.now() - interval '24 hours';
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  delete from fleet.ingest_batch b
  using fleet.tenant t
  where b.tenant_id = t.tenant_id and b.received_at < pg_catalog.now() - interval '7 days';
  get diagnostics v_rows = row_count;
  return v_removed + v_rows;
end
$$;
comment on function ops.prune() is
'Removes summaries of readings past their retention, pg_cron''s run details after 2 days, job runs after 30 days, heartbeats of vanished instances and requests that brought readings after 7 days, and idempotency keys after 24 hours. Returns how many rows.';
