-- migrate:up
set local role vigil_owner;

create table ops.job (
  job_name text primary key constraint job_known check (job_name in ('features', 'scores', 'anomalies', 'alerts', 'train', 'prune')),
  description text not null,
  schedule text not null constraint schedule_form check (
    schedule ~ '^([1-9]|[1-5][0-9]) seconds?$' or schedule ~ '^[^[:space:]]+( [^[:space:]]+){4}$'),
  enabled boolean not null default true,
  expected_every interval not null,
  created_at timestamptz not null default now(),
  last_started_at timestamptz,
  last_succeeded_at timestamptz,
  last_failed_at timestamptz,
  last_message text
) with (fillfactor = 50);
comment on table ops.job is 'The scheduled steps of the pipeline. Changing schedule or enabled changes the pg_cron job.';
comment on column ops.job.schedule is 'Five cron fields, or ''N seconds'' with N from 1 to 59.';
comment on column ops.job.expected_every is 'A job without a success for three times this long is late.';

create table ops.job_run (
  job_run_id bigint generated always as identity primary key,
  job_name text not null references ops.job (job_name) on delete cascade,
  tenant_id int references fleet.tenant (tenant_id) on delete cascade,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  status text not null constraint status_known check (status in ('ok', 'error')),
  row_count bigint not null default 0,
  error_code text,
  message text,
  hint text,
  repeats int not null default 0
);
comment on table ops.job_run is 'What each run of a job did for each tenant; a run that found nothing to do leaves no row.';
comment on column ops.job_run.repeats is 'How many runs after this one failed for the tenant in the same way; finished_at is the last one''s. A new row begins after an hour.';
create index job_run_newest on ops.job_run (job_name, started_at desc);
create index job_run_tenant on ops.job_run (tenant_id, started_at desc);

create table ops.heartbeat (
  component text not null,
  instance text not null,
  version text not null,
  started_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  detail jsonb not null default '{}',
  primary key (component, instance)
);
comment on table ops.heartbeat is 'When each running part outside the database last reported.';

reset role;

-- migrate:down
