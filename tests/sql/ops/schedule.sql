-- ops.job is what pg_cron does.
begin;
select plan(17);
\ir ../support/refusal.psql

create view pg_temp.scheduled as
select substr(j.jobname, 7) as job_name, j.schedule, j.command, j.username, j.database, j.active from cron.job j where j.jobname like 'vigil %';

select set_eq('select job_name, schedule from pg_temp.scheduled', 'select job_name, schedule from ops.job where enabled', 'every job is scheduled');
select set_eq('select job_name from ops.job', $$values ('features'), ('scores'), ('anomalies'), ('rules'), ('alerts'), ('escalations'), ('rollups'), ('sources'), ('train'), ('prune'), ('retention'), ('archive'), ('verify'), ('storage'), ('dead_man'), ('password_resets'), ('sessions'), ('audit_chain'), ('audit_heads'), ('usage'), ('tenants'), ('logins')$$, 'there are twenty-two');
select is((select count(*) from pg_temp.scheduled where command <> format('call ops.run(%L)', job_name)), 0::bigint, 'each runs itself');
select is((select array_agg(distinct row(username, database, active)::text) from pg_temp.scheduled), array[format('(vigil_jobs,%s,t)', current_database())], 'as vigil_jobs, in this database');

update ops.job set schedule = '10 seconds' where job_name = 'scores';
update ops.job set schedule = '30 1 * * 0' where job_name = 'train';
select set_eq('select job_name, schedule from pg_temp.scheduled', 'select job_name, schedule from ops.job', 'a new schedule reaches pg_cron');
update ops.job set enabled = false where job_name in ('scores', 'retention');
select set_eq('select job_name, schedule from pg_temp.scheduled', $$select job_name, schedule from ops.job where job_name not in ('scores', 'retention')$$, 'a job that is switched off is not scheduled');
update ops.job set schedule = '20 seconds' where job_name = 'scores';
select is((select count(*) from pg_temp.scheduled where job_name = 'scores'), 0::bigint, 'not even with a new schedule');
update ops.job set enabled = true;
select set_eq('select job_name, schedule from pg_temp.scheduled', 'select job_name, schedule from ops.job', 'switched on it is again, with the schedule it has now');
create temp table before as select jobid from cron.job where jobname like 'vigil %';
update ops.job set last_message = 'x', expected_every = '2 minutes', description = 'y';
select set_eq('select jobid from cron.job where jobname like ''vigil %''', 'table before', 'other changes leave pg_cron alone');
delete from ops.job where job_name = 'train';
select is((select count(*) from pg_temp.scheduled where job_name = 'train'), 0::bigint, 'a job that is deleted is unscheduled');
insert into ops.job (job_name, description, schedule, expected_every) values ('train', 'again', '0 0 1 1 *', '1 year');
select is((select schedule from pg_temp.scheduled where job_name = 'train'), '0 0 1 1 *', 'and a new one scheduled');
\ir ../../../sql/ops/jobs.sql
select results_eq($$select schedule, description = 'y' from ops.job where job_name = 'scores'$$, $$values ('20 seconds', false)$$, 'a deploy keeps a DBA''s schedule and renews the description');

-- pg_cron takes six fields and drops one; it takes "100 seconds" for an error only at the next start.
select is(
  (select count(*) from unnest('{0 seconds,60 seconds,100 seconds,-1 seconds,1.5 seconds,*/1 * * * * *,* * * *,every minute,"",@hourly}'::text[]) x
    where pg_temp.refusal(format('update ops.job set schedule = %L where job_name = ''scores''', x)) like '23514:%schedule_form%'), 10::bigint, 'schedules of no known form are refused');
select is(
  (select count(*) from unnest('{1 second,10 seconds,59 seconds,* * * * *,"*/5 0-6 1,15 * 1-5"}'::text[]) x
    where pg_temp.refusal(format('update ops.job set schedule = %L where job_name = ''scores''', x)) = 'accepted'), 5::bigint, 'others are not');
select matches(pg_temp.refusal($$update ops.job set schedule = '61 * * * *' where job_name = 'scores'$$), '^22023: invalid schedule', 'pg_cron has the last word');
select set_eq('select job_name, schedule from pg_temp.scheduled', 'select job_name, schedule from ops.job', 'what is refused changes nothing');
select matches(pg_temp.refusal($$insert into ops.job (job_name, description, schedule, expected_every) values ('dance', '', '1 second', '1 second')$$), '^23514: .*job_known', 'jobs are known by name');

select * from finish();
rollback;
