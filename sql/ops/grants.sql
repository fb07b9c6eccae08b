grant usage on schema ops to viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs, vigil_worker;
-- Not ops.job: its last_message names the tenant that failed.
grant select on ops.job_run to viewer, bi_reader, vigil_api;
grant select, insert, update, delete on all tables in schema ops to vigil_jobs;
grant execute on procedure ops.run(text) to vigil_jobs;
grant execute on function ops.prune() to vigil_jobs;
grant execute on function ops.heartbeat(text, text, text, jsonb) to vigil_worker, vigil_jobs;
grant usage on schema cron to vigil_jobs;
