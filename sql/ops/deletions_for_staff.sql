create or replace function ops.deletions_for_staff()
returns table (
  tenant text, certificate_id bigint, state text, requested_by text, requested_at timestamptz, rows_before jsonb, files_before bigint,
  removed_at timestamptz, rows_after bigint, files_after bigint, certified_at timestamptz, certificate text, message text)
language plpgsql stable security definer rows 100
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  perform ops.refuse_but_staff();
  return query
  select c.tenant_name, c.certificate_id, c.state, c.requested_by, c.requested_at, c.rows_before, c.files_before, c.removed_at, c.rows_after,
    c.files_after, c.certified_at, c.signed, c.message
  from ops.deletion_certificate c
  order by c.requested_at desc;
end
$$;
comment on function ops.deletions_for_staff() is
'Every deletion of a tenant and what proves it. Owned by vigil_jobs; 42501 for whoever is not staff of the platform.';
