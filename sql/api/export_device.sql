create or replace function api.export_device(device text) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select ops.device_data(export_device.device)
$$;
comment on function api.export_device(text) is
$$Everything about a device
Answers {device, rows, tables, archives}, at most 10,000 rows of a table; GET /readings has all readings. The audit trail notes it.$$;
