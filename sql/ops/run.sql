create or replace procedure ops.run(job text)
language plpgsql
as $$
declare
  -- For all tenants at once, and in many transactions of their own.
  c_once constant text[] := array['prune', 'storage', 'dead_man', 'password_resets', 'sessions', 'logins', 'audit_chain', 'audit_heads'];
  c_in_parts constant text[] := array['sources', 'retention', 'archive', 'verify', 'tenants', 'usage'];
  v_key bigint := pg_catalog.hashtextextended('vigil.job.' || job, 0);
  v_tenant record;
  v_started timestamptz;
  v_rows bigint;
  v_code text;
  v_message text;
  v_hint text;
  v_failure text;
begin
  if not exists (select from ops.job j where j.job_name = job) then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('job "%s" does not exist', job),
      hint = 'select job_name from ops.job lists the jobs.';
  end if;
  -- Held by the session over the commits below; released at the end, or with the session.
  if not pg_catalog.pg_try_advisory_lock(v_key) then
    raise notice 'job "%" is still running', job;
    return;
  end if;
  update ops.job j set last_started_at = pg_catalog.clock_timestamp() where j.job_name = job;
  commit;

  for v_tenant in
    select d.tenant_id, d.name from ops.due_tenants(job) d where not job = any (c_once || c_in_parts)
    union all
    select null, null where job = any (c_once)
    order by 1
  loop
    v_started := pg_catalog.clock_timestamp();
    v_rows := 0;
    begin
      if job = 'features' then
        v_rows := detect.compute_features(v_tenant.tenant_id);
      elsif job = 'scores' then
        v_rows := detect.compute_scores(v_tenant.tenant_id);
      elsif job = 'anomalies' then
        v_rows := detect.compute_anomalies(v_tenant.tenant_id);
      elsif job = 'rules' then
        v_rows := alerting.evaluate_rules(v_tenant.tenant_id);
      elsif job = 'alerts' then
        v_rows := alerting.raise_alerts(v_tenant.tenant_id);
      elsif job = 'escalations' then
        v_rows := alerting.run_escalations(v_tenant.tenant_id);
      elsif job = 'rollups' then
        v_rows := fleet.make_rollups(v_tenant.tenant_id);
      elsif job = 'train' then
        v_rows := detect.train_due(v_tenant.tenant_id);
      elsif job = 'prune' then
        v_rows := ops.prune();
      elsif job = 'storage' then
        v_rows := ops.measure_storage();
      elsif job = 'dead_man' then
        v_rows := ops.check_worker();
      elsif job = 'password_resets' then
        v_rows := auth.send_resets();
      elsif job = 'sessions' then
        v_rows := auth.tidy();
      elsif job = 'audit_chain' then
        v_rows := audit.chain_entries();
      elsif job = 'audit_heads' then
        v_rows := audit.sign_heads();
      elsif job = 'logins' then
        v_rows := auth.end_long_statements();
      end if;
      if v_rows > 0 then
        insert into ops.job_run (job_name, tenant_id, started_at, finished_at, status, row_count)
        values (job, v_tenant.tenant_id, v_started, pg_catalog.clock_timestamp(), 'ok', v_rows);
      end if;
    exception when others then
      -- One tenant's failure is recorded and must not stop the others.
      get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      v_failure := pg_catalog.format('%s: %s', coalesce(v_tenant.name, 'all tenants'), v_message);
      perform ops.note_failure(job, v_tenant.tenant_id, v_started, v_code, v_message, v_hint);
    end;
    commit;
  end loop;

  -- In many transactions each.
  if job = 'sources' then
    -- It keeps a record of each source's tenant itself.
    call fleet.pull_sources(v_rows, v_failure);
  elsif job = 'usage' then
    -- There is always something to count, and that is in ops.usage.
    call ops.count_all_usage(v_failure);
  elsif job in ('rollups', 'retention', 'archive', 'verify', 'tenants') then
    v_started := pg_catalog.clock_timestamp();
    if job = 'rollups' then
      call fleet.refresh_rollups(v_rows);
    elsif job = 'retention' then
      call ops.apply_retention(v_rows, v_failure);
    elsif job = 'archive' then
      call ops.apply_archive(v_rows, v_failure);
    elsif job = 'verify' then
      call ops.check_archives(v_rows, v_failure);
    else
      call ops.serve_tenants(v_rows, v_failure);
    end if;
    if v_rows > 0 then
      insert into ops.job_run (job_name, started_at, finished_at, status, row_count)
      values (job, v_started, pg_catalog.clock_timestamp(), 'ok', v_rows);
    end if;
  end if;

  update ops.job j
  set last_succeeded_at = case when v_failure is null then pg_catalog.clock_timestamp() else j.last_succeeded_at end,
    last_failed_at = case when v_failure is null then j.last_failed_at else pg_catalog.clock_timestamp() end,
    last_message = v_failure
  where j.job_name = job;
  commit;
  perform pg_catalog.pg_advisory_unlock(v_key);
end
$$;
comment on procedure ops.run(text) is
'Runs a job for every active tenant that it has something to do for (ops.due_tenants), each in its own transaction; sources a batch at a time; what is not a tenant''s (prune, storage, dead_man, password_resets, sessions, logins, audit_chain, audit_heads) and what takes many transactions (retention, archive, verify, tenants, usage) for all at once. A second run of the same job while one is going on returns at once. Failures are recorded in ops.job_run and do not stop other tenants. Call it outside a transaction block.';
