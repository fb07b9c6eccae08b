create or replace function api.reset_retention(object text, profile text default null) returns setof api.retention_policies
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := ops.earlier_answer('reset_retention', jsonb_build_array(object, profile)::text);
begin
  if v_answer is null then
    perform ops.reset_retention(reset_retention.object, reset_retention.profile);
    v_answer := ops.keep_answer('reset_retention', (
      select coalesce(jsonb_agg(p), '[]')
      from api.retention_policies p
      where p.object = reset_retention.object and p.profile is null));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.retention_policies, v_answer) a;
end
$$;
comment on function api.reset_retention(text, text) is
$$Let the wider policy decide again
Takes back what was set for a profile, or for the tenant. Answers with what now decides for the tenant.$$;
