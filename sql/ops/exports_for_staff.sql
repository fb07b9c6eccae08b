create or replace function ops.exports_for_staff()
returns table (
  tenant text, export_id bigint, state text, requested_by text, requested_at timestamptz, started_at timestamptz, finished_at timestamptz,
  folder text, files int, row_count bigint, bytes bigint, manifest_sha256 text, message text)
language plpgsql stable security definer rows 100
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  perform ops.refuse_but_staff();
  return query
  select t.name, e.export_id, e.state, e.requested_by, e.requested_at, e.started_at, e.finished_at, e.folder, e.files, e.row_count, e.bytes,
    e.manifest_sha256, e.message
  from ops.tenant_export e
  join fleet.tenant t on t.tenant_id = e.tenant_id
  order by e.requested_at desc;
end
$$;
comment on function ops.exports_for_staff() is
'Every export of a tenant''s data. Owned by vigil_jobs; 42501 for whoever is not staff of the platform.';
