create or replace function ops.files_of_tenant(tenant int, name text) returns setof text
language plpgsql stable
as $$
begin
  if not (select s.configured from vigil_platform.archive_status() s) then
    return;
  end if;
  return query
  select f.path from vigil_platform.archive_files(pg_catalog.format('readings/tenant=%s/', tenant)) f
  union all
  select f.path from vigil_platform.archive_files(pg_catalog.format('exports/%s/', name)) f;
end
$$;
comment on function ops.files_of_tenant(int, text) is
'Every file of a tenant in the archive directory, of its archive and its exports, whether or not a row knows of it. None without a directory.';
