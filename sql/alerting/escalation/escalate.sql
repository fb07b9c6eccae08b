create or replace function alerting.escalate(tenant int, incident bigint) returns int
language plpgsql
as $$
declare
  v_incident alerting.incident;
  v_steps jsonb;
  v_step int;
  v_cycle int;
  v_repeats_left int;
  v_told int := 0;
  v_reason text;
begin
  select i.* into v_incident from alerting.incident i where i.tenant_id = tenant and i.incident_id = incident for update;
  if v_incident.state is distinct from 'open' then
    return 0;
  end if;
  v_steps := v_incident.policy -> 'steps';
  v_step := v_incident.step;
  v_cycle := v_incident.cycle;
  v_repeats_left := v_incident.repeats_left;
  loop
    v_step := v_step + 1;
    if v_step > pg_catalog.jsonb_array_length(v_steps) then
      if v_repeats_left <= 0 then
        update alerting.incident i set step = v_step - 1, cycle = v_cycle, repeats_left = 0
        where i.tenant_id = tenant and i.incident_id = incident;
        return alerting.exhaust(tenant, incident);
      end if;
      v_repeats_left := v_repeats_left - 1;
      v_cycle := v_cycle + 1;
      v_step := 1;
    end if;
    if not alerting.step_holds(v_steps -> (v_step - 1), v_incident.severity, pg_catalog.clock_timestamp()) then
      v_reason := 'its conditions do not hold';
    else
      v_told := coalesce((
        select pg_catalog.sum(alerting.tell_target(tenant, incident, v_cycle, v_step, t.target))::int
        from pg_catalog.jsonb_array_elements(v_steps -> (v_step - 1) -> 'targets') t (target)), 0);
      v_reason := 'it has nobody who can be told';
    end if;
    exit when v_told > 0;
    perform alerting.add_event(tenant, incident, null, 'step_skipped',
      pg_catalog.jsonb_build_object('step', v_step, 'cycle', v_cycle, 'reason', v_reason));
  end loop;

  update alerting.incident i
  set step = v_step, cycle = v_cycle, repeats_left = v_repeats_left
  where i.tenant_id = tenant and i.incident_id = incident;
  perform alerting.add_event(tenant, incident, null, 'escalated',
    pg_catalog.jsonb_build_object('step', v_step, 'cycle', v_cycle, 'messages', v_told));
  perform alerting.plan_step(tenant, incident);
  return v_told;
end
$$;
comment on function alerting.escalate(int, bigint) is
'Takes an open incident to its next step. A step whose conditions do not hold, or that has nobody, is recorded and passed over at once. After the last step the policy''s repeats begin again; after those it is exhausted. Returns how many messages that makes.';
