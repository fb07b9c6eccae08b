create or replace function api.restore_archive(
  "from" timestamptz, "to" timestamptz, device text default null, keep interval default '7 days'
) returns setof api.archive_restores
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := ops.earlier_answer('restore_archive', jsonb_build_array("from", "to", device, keep)::text);
  v_restore ops.archive_restore;
begin
  if v_answer is null then
    v_restore := ops.restore_own_archive("from", "to", device, keep);
    v_answer := ops.keep_answer('restore_archive', (
      select jsonb_agg(r) from api.archive_restores r where r.restore_id = v_restore.restore_id));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.archive_restores, v_answer) a;
end
$$;
comment on function api.restore_archive(timestamptz, timestamptz, text, interval) is
$$Bring archived readings back
From inclusive, to exclusive, of one device or all, for 1 hour to 90 days. They are in GET /readings, /telemetry and /rpc/series until then. Doing it again changes nothing but how long.$$;
