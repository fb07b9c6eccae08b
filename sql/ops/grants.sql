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

-- Tenants, what they use, and what they may.
grant insert on ops.point_log to vigil_api;
grant execute on function ops.tenant_usage() to viewer, bi_reader, vigil_api;
grant execute on function ops.refuse_over_quota(int, text) to vigil_api, vigil_jobs, vigil_auth;
grant execute on function ops.device_room(int) to vigil_api, vigil_jobs;
grant execute on function ops.as_staff(text, jsonb) to vigil_api;
grant execute on function ops.tenants_for_staff(), ops.exports_for_staff(), ops.deletions_for_staff() to platform_admin;
grant execute on function
  ops.quotas_of(int), ops.used(int, text), ops.is_over_quota(int, text), ops.storage_of(int), ops.alerts_on(int, date), ops.add_usage(int[]),
  ops.quotas_reached(int), ops.warn_of_quotas(int), ops.count_usage(int), ops.due_tenants(text),
  ops.find_tenant(text), ops.create_tenant(text, text, text), ops.suspend_tenant(text, text), ops.resume_tenant(text), ops.set_plan(text, text),
  ops.request_export(text), ops.delete_tenant(text, text), ops.refuse_but_staff(),
  ops.tenant_tables(), ops.rows_of_tenant(int), ops.files_of_tenant(int, text), ops.export_parts(int),
  ops.export_rows(int, bigint, text, text, regclass, name, timestamptz, timestamptz),
  ops.export_readings(int, bigint, text, text, int, timestamptz, timestamptz), ops.export_archive(int, bigint, text, text, bigint),
  ops.export_step(int, bigint), ops.delete_step(int)
  to vigil_jobs;
grant execute on procedure ops.serve_tenants(bigint, text), ops.count_all_usage(text) to vigil_jobs;
grant execute on function ops.person_data(text), ops.erase_person(text), ops.device_data(text), ops.erase_device(text) to vigil_api;
grant execute on function auth.account_data(text, int), auth.erase_member(text, int) to vigil_jobs;
grant update (created_by) on auth.membership to vigil_jobs;
grant update (created_by, revoked_by) on auth.api_key to vigil_jobs;
grant update (created_by) on auth.login to vigil_jobs;
grant execute on function
  ops.readable_columns(regclass), ops.refuse_held(int, int), ops.person_words(int, int), ops.replace_words(int, text[], text, text[]),
  ops.device_tables(), ops.device_condition(regclass), ops.person_condition(regclass), ops.rewrite_archive(ops.archive_manifest, int[])
  to vigil_jobs;
grant execute on function ops.hidden_attributes() to viewer, bi_reader, vigil_api;
-- What a certificate is signed from.
grant usage on schema ops to vigil_auth;
grant select on ops.deletion_certificate to vigil_auth;
-- Counted, exported, deleted: the rows of a tenant, but nothing of keys.
grant select (tenant_id, account_id, role, active, created_at, created_by), delete on auth.membership to vigil_jobs;
grant select (tenant_id, api_key_id, name, prefix, scope, endpoints, created_by, created_at, expires_at, revoked_at, revoked_by, last_used_at),
  delete on auth.api_key to vigil_jobs;
grant select, delete on auth.rate_limit to vigil_jobs;
grant select, update (tenant_active), delete on auth.login to vigil_jobs;
grant execute on function auth.remove_login(text), auth.end_long_statements(), auth.remove_members(int), auth.sign_certificate(int, bigint)
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
