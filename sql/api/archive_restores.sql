create or replace view api.archive_restores with (security_invoker = true) as
select x.restore_id, d.external_id as device, x.from_ts, x.to_ts, x.row_count, x.restored_at, x.restored_by, x.expires_at
from ops.archive_restore x
left join fleet.device d using (tenant_id, device_id);
comment on view api.archive_restores is
$$Archived readings that were brought back
One row per POST /rpc/restore_archive, until it expires.$$;
comment on column api.archive_restores.to_ts is 'Excluded.';
comment on column api.archive_restores.device is 'Null: all devices.';
