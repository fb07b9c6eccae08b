create or replace function ops.reset_retention(object text, profile text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_profile_id int := ops.retention_profile(object, profile);
begin
  delete from ops.retention_policy p
  where p.tenant_id = v_tenant_id and p.profile_id is not distinct from v_profile_id and p.object = reset_retention.object and p.by_tenant;
  if not found and exists (
    select from ops.retention_policy p
    where p.tenant_id = v_tenant_id and p.profile_id is not distinct from v_profile_id and p.object = reset_retention.object
  ) then
    perform ops.refuse_policy(reset_retention.object);
  end if;
end
$$;
comment on function ops.reset_retention(text, text) is
'Takes back what ops.set_retention set, so that the wider policy decides again; nothing happens where nothing was set. Owned by vigil_jobs; the tenant is the session''s and no other. 42704 for unknown names, 42501 for a policy that a DBA set.';
