create or replace function api.reset_retention(object text, profile text default null) returns setof api.retention_policies
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ops.reset_retention(reset_retention.object, reset_retention.profile);
  return query
  select p.* from api.retention_policies p where p.object = reset_retention.object and p.profile is null;
end
$$;
comment on function api.reset_retention(text, text) is
$$Let the wider policy decide again
Takes back what was set for a profile, or for the tenant. Answers with what now decides for the tenant.$$;
