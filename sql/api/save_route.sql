create or replace function api.save_route(
  name text, matchers jsonb default '[]', policy text default null, "position" int default 100, group_by text[] default '{rule,site}',
  group_wait interval default '0', group_interval interval default '5 minutes', repeat_interval interval default '4 hours',
  enabled boolean default true
) returns setof api.routes
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('save_route',
    jsonb_build_array(name, matchers, policy, save_route."position", group_by, group_wait, group_interval, repeat_interval, enabled)::text);
  v_policy_id int;
  v_rule text;
begin
  if v_answer is null then
    if save_route.policy is not null then
      v_policy_id := alerting.find_policy(v_tenant_id, save_route.policy);
    end if;
    insert into alerting.route (tenant_id, name, "position", matchers, policy_id, group_by, group_wait, group_interval, repeat_interval, enabled)
    values (v_tenant_id, save_route.name, save_route."position", save_route.matchers, v_policy_id, save_route.group_by, save_route.group_wait,
      save_route.group_interval, save_route.repeat_interval, save_route.enabled)
    on conflict on constraint route_name_unique do update
    set "position" = excluded."position", matchers = excluded.matchers, policy_id = excluded.policy_id, group_by = excluded.group_by,
      group_wait = excluded.group_wait, group_interval = excluded.group_interval, repeat_interval = excluded.repeat_interval,
      enabled = excluded.enabled;
    v_answer := ops.keep_answer('save_route', (select jsonb_agg(r) from api.routes r where r.name = save_route.name));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.routes, v_answer) a;
exception
  when check_violation or not_null_violation then
    get stacked diagnostics v_rule = constraint_name;
    raise exception using
      errcode = '22023',
      message = format('the route breaks the rule %s', coalesce(nullif(v_rule, ''), 'that nothing of it but the policy is null')),
      hint = 'It has a name such as cold-rooms, at most 10 labels in group_by, a group_wait of at most 1 hour, a group_interval of 10 seconds to 1 day and a repeat_interval of 1 minute to 30 days.';
end
$$;
comment on function api.save_route(text, jsonb, text, int, text[], interval, interval, interval, boolean) is
$$Say which policy takes which alerts
Made, or replaced when there is one of the name. The first enabled route by position whose matchers hold takes an alert; without a policy it goes to the fallback. Incidents that are open keep what they began with.$$;
