create or replace function alerting.exhaust(tenant int, incident bigint) returns int
language plpgsql
as $$
declare
  v_incident alerting.incident;
  v_fallback jsonb := alerting.policy_snapshot(tenant, null);
  v_told int := 0;
begin
  update alerting.incident i
  set exhausted_at = pg_catalog.clock_timestamp(), cycle = i.cycle + 1
  where i.tenant_id = tenant and i.incident_id = incident
  returning i.* into v_incident;
  if v_incident.policy -> 'policy_id' is distinct from v_fallback -> 'policy_id' then
    v_told := coalesce((
      select pg_catalog.sum(alerting.tell_target(tenant, incident, v_incident.cycle, 0, t.target))::int
      from pg_catalog.jsonb_array_elements(v_fallback -> 'steps') s (step)
      cross join lateral pg_catalog.jsonb_array_elements(s.step -> 'targets') t (target)), 0);
  end if;
  perform alerting.add_event(tenant, incident, null, 'exhausted',
    pg_catalog.jsonb_build_object('fallback', v_fallback ->> 'name', 'messages', v_told));
  insert into alerting.timer (tenant_id, incident_id, kind, due_at)
  select tenant, incident, 'repeat', pg_catalog.clock_timestamp() + coalesce(r.repeat_interval, interval '4 hours')
  from (select 1) one
  left join alerting.route r on r.tenant_id = tenant and r.route_id = v_incident.route_id
  on conflict (tenant_id, incident_id, kind, key) do update set due_at = excluded.due_at;
  return v_told;
end
$$;
comment on function alerting.exhaust(int, bigint) is
'What happens when nobody has acknowledged an incident by the end of its policy: everybody in the tenant''s fallback policy is told (without one, every enabled channel), unless that was the policy, and the policy begins again after the route''s repeat_interval. Returns how many messages that makes.';
