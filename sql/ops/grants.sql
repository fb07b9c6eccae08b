grant usage on schema ops to viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs, vigil_worker;
-- Not ops.job: its last_message names the tenant that failed.
grant select on ops.job_run to viewer, bi_reader, vigil_api;
grant select, insert, update on ops.idempotency_key to vigil_api;
grant execute on function ops.earlier_answer(text, text), ops.keep_answer(text, jsonb) to vigil_api;
grant select, insert, update, delete on all tables in schema ops to vigil_jobs;
grant execute on procedure ops.run(text) to vigil_jobs;
grant execute on function ops.prune() to vigil_jobs;
grant execute on function ops.heartbeat(text, text, text, jsonb) to vigil_worker, vigil_jobs;
grant usage on schema cron to vigil_jobs;

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
