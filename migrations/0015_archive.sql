-- migrate:up
create extension if not exists vigil_platform;
grant usage on schema vigil_platform to vigil_jobs;
grant execute on all functions in schema vigil_platform to vigil_jobs;

-- migrate:down
