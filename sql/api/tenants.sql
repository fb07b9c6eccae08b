create or replace view api.tenants with (security_invoker = true) as
select t.tenant, t.display_name, t.plan, t.active, t.suspended_at, t.suspended_because, t.created_at, t.devices, t.users, t.points_today,
  t.storage_bytes, t.alerts_today, t.deletion
from ops.tenants_for_staff() t;
comment on view api.tenants is
$$Every tenant and what it uses
For staff of the platform, from the tenant "platform".$$;
comment on column api.tenants.deletion is 'How far its deletion is, as at GET /tenant_deletions; null: it is not being deleted.';
