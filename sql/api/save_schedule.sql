create or replace function api.save_schedule(definition jsonb, effective_from timestamptz default null) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('save_schedule', jsonb_build_array(definition, effective_from)::text);
  v_from timestamptz := coalesce(effective_from, now());
  v_schedule_id int;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  v_schedule_id := alerting.save_schedule(v_tenant_id, save_schedule.definition, v_from);
  return ops.keep_answer('save_schedule', (
    select jsonb_build_object('name', s.name, 'time_zone', s.time_zone, 'fallback', p.name,
      'layers', alerting.schedule_layers(v_tenant_id, v_schedule_id, v_from), 'effective_from', v_from,
      'coverage', (
        select jsonb_build_object('covered', c.covered, 'by_fallback', c.by_fallback, 'gaps', c.gaps)
        from alerting.coverage(v_tenant_id, v_schedule_id, v_from, v_from + interval '4 weeks') c))
    from alerting.schedule s
    left join alerting.person p on p.tenant_id = s.tenant_id and p.person_id = s.fallback_person_id
    where s.tenant_id = v_tenant_id and s.schedule_id = v_schedule_id));
end
$$;
comment on function api.save_schedule(jsonb, timestamptz) is
$$Make or change a schedule
The definition is the whole schedule: {"name": "operations", "time_zone": "Europe/Berlin", "fallback": "ann", "layers": [{"name": "primary", "priority": 1, "unit": "week", "length": 1, "start": "2026-11-30T09:00", "slots": [["ann"], ["bob", "cy"], []], "restrictions": [{"weekdays": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00"}]}]}. Turns are counted in hours, days, weeks or months on the clock of time_zone from start on, and each goes to the next slot. The highest layer that has somebody decides. It holds from effective_from on, which is now when left out; what was stays as it was, and changes that were to come later are dropped. Answers with it and with how much of the first four weeks is covered.$$;
