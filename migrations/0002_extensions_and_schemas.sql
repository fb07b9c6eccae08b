-- migrate:up
create extension if not exists timescaledb;
create extension if not exists ltree;
create extension if not exists pg_cron;
create extension if not exists vigil;

create schema fleet authorization vigil_owner;
create schema detect authorization vigil_owner;
create schema alerting authorization vigil_owner;
create schema auth authorization vigil_owner;
create schema ops authorization vigil_owner;
create schema api authorization vigil_owner;

comment on schema fleet is 'Tenants, sites, devices, profiles, metrics, streams and readings.';
comment on schema detect is 'Feature sets, device features, models, scores and anomalies.';
comment on schema alerting is 'Alert rules, alerts, channels and the notification outbox.';
comment on schema auth is 'Login mapping, the current tenant and the request hook.';
comment on schema ops is 'Jobs and their runs, heartbeats, storage reports.';

-- Any login may create in public by default on databases restored from old clusters; nothing here uses it.
revoke create on schema public from public;

-- TimescaleDB leaves internal routines executable by everyone; in 2.19 one of them drops chunks without a
-- permission check. get_partition_hash is what inserts into hash-partitioned tables call.
revoke execute on all routines in schema _timescaledb_functions from public;
grant execute on function _timescaledb_functions.get_partition_hash(anyelement) to public;
grant execute on all routines in schema _timescaledb_functions to vigil_owner, vigil_jobs;
revoke usage on schema timescaledb_information, timescaledb_experimental, _timescaledb_debug from public;
grant usage on schema timescaledb_information to vigil_owner, vigil_jobs;

-- migrate:down
