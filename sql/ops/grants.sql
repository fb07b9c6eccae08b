grant usage on schema ops to viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs, vigil_worker;
-- Not ops.job: its last_message names the tenant that failed.
grant select, insert, update on ops.idempotency_key to vigil_api;
grant execute on function ops.earlier_answer(text, text), ops.keep_answer(text, jsonb) to vigil_api;
grant select on ops.job_run, ops.retention_run, ops.storage_sample, ops.archive_manifest, ops.archive_restore to viewer, bi_reader, vigil_api;
-- Not why, by whom: that may be as confidential as the case.
grant select (tenant_id, hold_id, device_id, stream_id, from_ts, to_ts, placed_at, released_at) on ops.legal_hold
  to viewer, bi_reader, vigil_api;
grant execute on function ops.kept_since(int) to vigil_api, vigil_jobs;
grant execute on function ops.tenant_retention(), ops.tenant_compliance() to viewer, bi_reader, vigil_api;
grant execute on function ops.set_retention(text, text, interval, text, interval, interval), ops.reset_retention(text, text),
  ops.restore_own_archive(timestamptz, timestamptz, text, interval) to vigil_api;
grant select, insert, update, delete on all tables in schema ops to vigil_jobs;
grant execute on procedure ops.run(text) to vigil_jobs;
-- The run sees all tenants as vigil_jobs; only dropping a chunk needs the owner.
grant execute on function
  ops.retention_scope(text), ops.retention_stream(text), ops.expired_query(regclass),
  ops.retention_plan(text, int, text), ops.drop_chunk(text), ops.lock_chunk(regclass, regclass), ops.remove_chunk(text, text, timestamptz),
  ops.remove_rows(text, text, bigint, bigint, numeric, timestamptz),
  ops.note_failure(text, int, timestamptz, text, text, text), ops.refuse_removal(ops.legal_hold),
  ops.retention_profile(text, text), ops.refuse_policy(text),
  ops.rows_by_tenant(regclass, text), ops.measure_storage(),
  ops.archive_plan(int, timestamptz), ops.plan_archives(), ops.withdraw_archives(timestamptz), ops.archive_damage(text, text),
  ops.reading_hash(int, timestamptz, float8[]), ops.replan_damaged(timestamptz, bigint),
  ops.write_archive(int, bigint), ops.verify_archive(int, bigint),
  ops.drop_archived(timestamptz, timestamptz), ops.delete_archived(int, bigint, timestamptz),
  ops.expire_archives(timestamptz), ops.sweep_archives(), ops.expire_restores(),
  ops.restore_archive(int, timestamptz, timestamptz, text, interval, text)
  to vigil_jobs;
grant execute on function ops.prune(), ops.worker_health(), ops.tell_dead_man(text), ops.check_worker() to vigil_jobs;
grant execute on function ops.health() to vigil_api;
grant execute on procedure ops.apply_retention(bigint, text), ops.apply_archive(bigint, text), ops.check_archives(bigint, text) to vigil_jobs;
grant execute on function ops.heartbeat(text, text, text, jsonb) to vigil_worker, vigil_jobs;
grant usage on schema cron to vigil_jobs;

-- A migration gave the jobs everything of the extension, which was less then: neither keys nor passwords are for them.
revoke execute on all functions in schema vigil_platform from vigil_jobs;
grant execute on function vigil_platform.archive_write(text, bytea), vigil_platform.archive_read(text), vigil_platform.archive_hash(text),
  vigil_platform.archive_remove(text), vigil_platform.archive_files(text), vigil_platform.archive_status(),
  vigil_platform.run_dead_man_command(text), vigil_platform.bucket_used_at(text), vigil_platform.buckets(), vigil_platform.displaced_buckets()
  to vigil_jobs;

-- TimescaleDB leaves what manages hypertables to everybody and counts on a check of their owner, which merge_chunks of 2.19
-- reaches too late: called with nulls it ends the server. What they take up is no reader's business either. What computes stays.
do $$
declare
  v_routine regprocedure;
begin
  for v_routine in
    select p.oid from pg_catalog.pg_proc p
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
    join pg_catalog.pg_extension e on e.oid = d.refobjid and e.extname = 'timescaledb'
    where p.pronamespace = 'public'::regnamespace
      and p.proname not in ('time_bucket', 'time_bucket_gapfill', 'first', 'last', 'histogram', 'locf', 'interpolate')
  loop
    execute pg_catalog.format('revoke execute on routine %s from public', v_routine);
    execute pg_catalog.format('grant execute on routine %s to vigil_owner, vigil_jobs', v_routine);
  end loop;
end
$$;

-- A job's lock is an advisory one, and its key is no secret: any login that may take such locks could hold up a job for
-- every tenant.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid from pg_catalog.pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ '^pg_(try_)?advisory_'
  loop
    execute pg_catalog.format('revoke execute on function %s from public', v_function);
    execute pg_catalog.format('grant execute on function %s to vigil_jobs', v_function);
  end loop;
end
$$;

-- A large object outlives its session, is in nobody's quota and under no policy; nothing here uses one.
revoke execute on function pg_catalog.lo_creat(int), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea),
  pg_catalog.lo_put(oid, bigint, bytea), pg_catalog.lowrite(int, bytea), pg_catalog.lo_truncate(int, int), pg_catalog.lo_truncate64(int, bigint)
  from public;
