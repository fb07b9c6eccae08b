-- What the status of a job says.
begin;
select plan(14);
select ops.create_tenant('acme', 'Acme') as acme \gset
delete from ops.job_run;

create function pg_temp.status(job text) returns text language sql as $$ select status from ops.job_status where job_name = job $$;
create function pg_temp.set_job(succeeded interval, failed interval default null, enabled boolean default true, created interval default '1 year') returns void
language sql as $$
  update ops.job set last_succeeded_at = now() - succeeded, last_failed_at = now() - failed, enabled = set_job.enabled, created_at = now() - created, expected_every = '1 minute'
  where job_name = 'scores'
$$;

select is((select array_agg(job_name) from ops.job_status), '{features,scores,anomalies,rules,alerts,escalations,rollups,sources,train,prune,retention,archive,verify,storage,dead_man,password_resets,sessions,audit_chain,audit_heads,usage,tenants,logins}', 'the jobs come in the order of the pipeline');
select pg_temp.set_job('10 seconds') \gset
select is(pg_temp.status('scores'), 'ok', 'a job that succeeded lately is ok');
select pg_temp.set_job('179 seconds') \gset
select is(pg_temp.status('scores'), 'ok', 'until three times the interval');
select pg_temp.set_job('181 seconds') \gset
select is(pg_temp.status('scores'), 'late', 'have passed');
select pg_temp.set_job('10 seconds', '20 seconds') \gset
select is(pg_temp.status('scores'), 'ok', 'a failure before the last success is past');
select pg_temp.set_job('20 seconds', '10 seconds') \gset
select is(pg_temp.status('scores'), 'failed', 'one after it is not');
select pg_temp.set_job(null, '10 seconds') \gset
select is(pg_temp.status('scores'), 'failed', 'nor one that no success came before');
select pg_temp.set_job('1 year', '10 seconds') \gset
select is(pg_temp.status('scores'), 'failed', 'a job that fails is not called late');
select pg_temp.set_job(null, created => '1 minute') \gset
select is(pg_temp.status('scores'), 'waiting', 'a new job waits for its first time');
select pg_temp.set_job(null, created => '4 minutes') \gset
select is(pg_temp.status('scores'), 'late', 'not for ever');
select pg_temp.set_job('1 year', '10 seconds', false) \gset
select is(pg_temp.status('scores'), 'disabled', 'a job that is switched off is disabled, whatever it did');

-- The last day's runs.
insert into ops.job_run (job_name, tenant_id, started_at, finished_at, status, row_count)
select 'scores', :acme, now() - age, now() - age + took, status, rows
from (values (interval '1 hour', interval '1 second', 'ok', 5), ('2 hours', '2 seconds', 'ok', 7), ('3 hours', '9 seconds', 'error', 0), ('25 hours', '1 minute', 'ok', 100)) as r (age, took, status, rows);
select results_eq($$select runs_24h, errors_24h, rows_24h, median_time from ops.job_status where job_name = 'scores'$$, $$values (3::bigint, 1::bigint, 12::numeric, interval '1.5 seconds')$$, 'runs, errors, rows and median time of good runs of the last day');
select results_eq($$select runs_24h, errors_24h, rows_24h, median_time from ops.job_status where job_name = 'train'$$, $$values (0::bigint, 0::bigint, 0::numeric, null::interval)$$, 'are each job''s own');

-- For DBAs and pg_cron's role only.
set local role vigil_jobs;
select count(*) as seen from ops.job_status \gset
reset role;
select is(:seen, 22, 'vigil_jobs can read it');

select * from finish();
rollback;
