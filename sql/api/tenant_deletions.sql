create or replace view api.tenant_deletions with (security_invoker = true) as
select d.tenant, d.certificate_id, d.state, d.requested_by, d.requested_at, d.rows_before, d.files_before, d.removed_at, d.rows_after, d.files_after,
  d.certified_at, d.certificate, d.message
from ops.deletions_for_staff() d;
comment on view api.tenant_deletions is
$$Deletions of tenants and what proves them
One row per POST /rpc/delete_tenant. For staff of the platform.$$;
comment on column api.tenant_deletions.state is 'requested, counted, emptied, removed, certified.';
comment on column api.tenant_deletions.certificate is 'A signed JWT of type deletion-certificate once everything is gone and was counted again.';
