-- Removes what the isolation tests leave, also after an interrupted run: roles are the whole cluster's.
\set QUIET on
set client_min_messages = warning;
revoke temporary on database :"DBNAME" from public;
create temp table gone as select t.tenant_id from fleet.tenant t where t.name in ('isolation-alpha', 'isolation-omega');
delete from fleet.device d using gone where d.tenant_id = gone.tenant_id;
delete from detect.model d using gone where d.tenant_id = gone.tenant_id;
delete from ops.archive_manifest d using gone where d.tenant_id = gone.tenant_id;
delete from fleet.tenant d using gone where d.tenant_id = gone.tenant_id;
delete from detect.device_feature d using gone where d.tenant_id = gone.tenant_id;
delete from detect.score d using gone where d.tenant_id = gone.tenant_id;
delete from fleet.reading_rollup d using gone where d.tenant_id = gone.tenant_id;
delete from fleet.rollup_change d using gone where d.tenant_id = gone.tenant_id;
delete from fleet.rollup_due d using gone where d.tenant_id = gone.tenant_id;
delete from fleet.reading_change d using gone where d.tenant_id = gone.tenant_id;
delete from detect.feature_change d using gone where d.tenant_id = gone.tenant_id;
delete from detect.score_change d using gone where d.tenant_id = gone.tenant_id;
delete from ops.point_log d using gone where d.tenant_id = gone.tenant_id;
delete from ops.deletion_certificate d using gone where d.tenant_id = gone.tenant_id;
delete from ops.retention_run d using gone where d.tenant_id = gone.tenant_id;
delete from ops.heartbeat h where h.instance = 'isolation';
drop schema if exists isolation cascade;
drop role if exists bi_isolation_alpha;
drop role if exists bi_isolation_omega;
drop role if exists bi_isolation_unmapped;
