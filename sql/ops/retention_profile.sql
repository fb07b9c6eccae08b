create or replace function ops.retention_profile(object text, profile text) returns int
language plpgsql stable
as $$
declare
  v_profile_id int;
begin
  if not exists (select from ops.retention_object o where o.object = retention_profile.object and o.minimum is not null) then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('object "%s" does not exist', retention_profile.object),
      hint = 'GET /retention_policies lists the objects.';
  end if;
  if profile is null then
    return null;
  end if;
  if object in ('job_runs', 'audit') then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('%s belong to no profile', object),
      hint = 'Leave the profile out.';
  end if;
  select p.profile_id into v_profile_id
  from fleet.profile p
  where p.tenant_id = (select auth.tenant_id()) and p.name = retention_profile.profile;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('profile "%s" does not exist', retention_profile.profile),
      hint = 'GET /profiles lists the profiles.';
  end if;
  return v_profile_id;
end
$$;
comment on function ops.retention_profile(text, text) is
'The profile_id of a profile of the session''s tenant, null for null, once it is sure that tenants have a say over the object. 42704 for an unknown object or profile, 22023 for a profile where there are none.';
