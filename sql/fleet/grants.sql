grant usage on schema fleet to viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs;
grant select on fleet.tenant, fleet.site, fleet.profile, fleet.metric, fleet.stream, fleet.ingest_batch to viewer, bi_reader, vigil_api;
-- Values and attributes may say where somebody is: api.latest and api.devices show what each role may see.
grant select on fleet.device, fleet.latest to vigil_api;
grant select (tenant_id, device_id, external_id, name, model, site_id, active, registered_at) on fleet.device to viewer, bi_reader;
grant select (tenant_id, stream_id, ts, seen) on fleet.latest to viewer, bi_reader;
-- Not from where: that is the DBA's.
grant select (tenant_id, source_id, profile_id, name, enabled, watermark, caught_up_at, rows_accepted, rows_rejected, last_run_at,
  last_error_code, last_error_at, backfill_ts, backfill_to) on fleet.source to viewer, bi_reader, vigil_api;
grant select on fleet.source_rejection to viewer, bi_reader, vigil_api;
grant insert on fleet.profile, fleet.metric, fleet.device, fleet.stream to vigil_api;
grant insert on fleet.ingest_batch to vigil_api;
grant update on fleet.profile, fleet.device to vigil_api;
-- Enough to lock a stream with.
grant update (created_at) on fleet.stream to vigil_api;
-- The hypertable and the logs: no grant to any request or BI role, since grants are copied to chunks and policies are not.
grant select, insert, update on fleet.reading, fleet.latest to vigil_api;
grant select, insert on fleet.reading_change, fleet.rollup_change, fleet.export_change to vigil_api;
-- A reading that comes late takes the place of its copy.
grant delete on fleet.restored_reading to vigil_api;
grant select on fleet.restored_reading, fleet.stream_rollup, fleet.rollup_due, fleet.reading_rollup to vigil_api;
grant delete on fleet.reading_change to vigil_api;
-- Continuous aggregates are its own already, about which there would be warnings.
set local client_min_messages = error;
grant select, insert, update, delete on all tables in schema fleet to vigil_jobs;
set local client_min_messages = warning;
grant execute on all functions in schema fleet to vigil_api, vigil_jobs;
grant execute on function fleet.without(float8[], int[]) to viewer, bi_reader;
grant execute on procedure fleet.pull_sources(bigint, text), fleet.refresh_rollups(bigint) to vigil_jobs;
-- The jobs' own.
revoke execute on function fleet.rollups_of(int), fleet.decide_rollups(int), fleet.note_rollups(int), fleet.make_rollups(int), fleet.expire_rollups(),
  fleet.source_query(fleet.source, boolean), fleet.source_rows(fleet.source, timestamptz, timestamptz, text, boolean, int),
  fleet.pull_batch(int, int, boolean) from vigil_api;
