create or replace function api.set_retention(
  object text, hot interval, profile text default null, reason text default null, warm interval default null, cold interval default null
) returns setof api.retention_policies
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := ops.earlier_answer('set_retention', jsonb_build_array(object, hot, profile, reason, warm, cold)::text);
begin
  if v_answer is null then
    perform ops.set_retention(
      set_retention.object, set_retention.profile, set_retention.hot, set_retention.reason, set_retention.warm, set_retention.cold);
    v_answer := ops.keep_answer('set_retention', (
      select coalesce(jsonb_agg(p), '[]')
      from api.retention_policies p
      where p.object = set_retention.object and p.profile is not distinct from set_retention.profile));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.retention_policies, v_answer) a;
end
$$;
comment on function api.set_retention(text, interval, text, text, interval, interval) is
$$Set how long something is kept
For one profile, or for all that have no policy of their own. What is older goes with the next run, every few hours, and does not come back, unless readings have a cold tier: they go to files for that much longer. warm is how much longer summaries of readings stay, null for ever. Between the limits at GET /retention_policies.$$;
