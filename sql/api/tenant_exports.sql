create or replace view api.tenant_exports with (security_invoker = true) as
select e.tenant, e.export_id, e.state, e.requested_by, e.requested_at, e.started_at, e.finished_at, e.folder, e.files, e.row_count, e.bytes,
  e.manifest_sha256, e.message
from ops.exports_for_staff() e;
comment on view api.tenant_exports is
$$Exports of all data of a tenant
One row per POST /rpc/request_tenant_export and how far it is. For staff of the platform.$$;
comment on column api.tenant_exports.folder is 'Below the server''s archive directory; manifest.json in it lists the files with rows and SHA-256.';
