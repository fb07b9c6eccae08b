create or replace function alerting.save_policy(tenant int, definition jsonb) returns int
language plpgsql
as $$
declare
  v_policy_id int;
  v_step jsonb;
  v_target jsonb;
  v_position int := 0;
  v_target_no int;
  v_problem text;
begin
  v_problem := alerting.policy_problem(definition);
  if v_problem is not null then
    raise exception using
      errcode = '22023',
      message = v_problem,
      hint = 'A policy is {"name", "repeats", "acknowledge_timeout", "reminder", "steps": [{"delay", "targets": [{"person": "…"}]}]}; docs/oncall.md has examples.';
  end if;
  insert into alerting.escalation_policy as p (tenant_id, name, repeats, acknowledge_timeout, reminder)
  values (tenant, definition ->> 'name', coalesce((definition ->> 'repeats')::int, 0),
    (definition ->> 'acknowledge_timeout')::interval, (definition ->> 'reminder')::interval)
  on conflict (tenant_id, name) do update
  set repeats = excluded.repeats, acknowledge_timeout = excluded.acknowledge_timeout, reminder = excluded.reminder,
    changed_at = pg_catalog.clock_timestamp()
  returning policy_id into v_policy_id;
  delete from alerting.escalation_step s where s.tenant_id = tenant and s.policy_id = v_policy_id;

  for v_step in select x.step from pg_catalog.jsonb_array_elements(definition -> 'steps') x (step) loop
    v_position := v_position + 1;
    insert into alerting.escalation_step (tenant_id, policy_id, position, delay, min_severity, weekdays, from_time, to_time, time_zone)
    values (tenant, v_policy_id, v_position, coalesce((v_step ->> 'delay')::interval, interval '0'), coalesce(v_step ->> 'min_severity', 'low'),
      (select pg_catalog.array_agg(w.day::int) from pg_catalog.jsonb_array_elements_text(v_step -> 'weekdays') w (day)),
      (v_step ->> 'from_time')::time, (v_step ->> 'to_time')::time, v_step ->> 'time_zone');
    v_target_no := 0;
    for v_target in select x.target from pg_catalog.jsonb_array_elements(v_step -> 'targets') x (target) loop
      v_target_no := v_target_no + 1;
      perform alerting.add_target(tenant, v_policy_id, v_position, v_target_no, v_target);
    end loop;
  end loop;
  return v_policy_id;
exception
  when invalid_datetime_format or datetime_field_overflow or invalid_text_representation or numeric_value_out_of_range
    or interval_field_overflow or check_violation or not_null_violation then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('the policy is not valid: %s', sqlerrm),
      hint = 'repeats are 0 to 9; a delay is an interval such as "5 minutes", at most 7 days; hours and weekdays (1 is Monday) come with a time_zone.';
end
$$;
comment on function alerting.save_policy(int, jsonb) is
'Makes or replaces an escalation policy from its definition, as api.escalation_policies shows it. Incidents that are open keep the one they have. Returns policy_id. 22023 for a definition that is not well-formed, 42704 for names that do not exist.';
