create or replace function alerting.save_schedule(tenant int, definition jsonb, effective_from timestamptz) returns int
language plpgsql
as $$
declare
  v_from timestamptz := coalesce(save_schedule.effective_from, pg_catalog.now());
  v_name text;
  v_zone text;
  v_fallback text;
  v_layers jsonb;
  v_problem text;
  v_hint text;
  v_fallback_id int;
  v_former_id int;
  v_schedule_id int;
  v_is_new boolean;
  v_layer_id int;
  v_layer jsonb;
begin
  if not coalesce(pg_catalog.jsonb_typeof(definition) = 'object', false) then
    raise exception using
      errcode = '22023',
      message = 'a schedule is defined by an object',
      hint = 'Send {"name": "operations", "time_zone": "Europe/Berlin", "fallback": "ann", "layers": [...]}.';
  end if;
  if not coalesce(v_from >= pg_catalog.now() and pg_catalog.isfinite(v_from), false) then
    raise exception using
      errcode = '22023',
      message = 'a schedule cannot change in the past',
      hint = 'Leave effective_from out for now, or give an instant to come. What was stays as it was.';
  end if;
  v_problem := alerting.unknown_key(definition, '{name,time_zone,fallback,layers}');
  if v_problem is not null then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('a schedule has no "%s"', pg_catalog.left(v_problem, 100)),
      hint = 'It has name, time_zone, fallback and layers.';
  end if;
  v_name := definition ->> 'name';
  v_zone := definition ->> 'time_zone';
  v_fallback := definition ->> 'fallback';
  v_layers := coalesce(definition -> 'layers', '[]');
  if not coalesce(v_name ~ '^[a-z][a-z0-9_.-]{0,62}$', false) then
    raise exception using
      errcode = '22023',
      message = 'the schedule has no valid name',
      hint = 'Use small letters, digits, ".", "_" and "-", beginning with a letter, such as "operations".';
  end if;
  v_problem := alerting.time_zone_problem(v_zone);
  if v_problem is not null then
    raise exception using
      errcode = '22023',
      message = v_problem,
      hint = 'Use an IANA name such as "Europe/Berlin", spelled exactly so.';
  end if;
  if pg_catalog.jsonb_typeof(v_layers) <> 'array' or pg_catalog.jsonb_array_length(v_layers) > 20 then
    raise exception using
      errcode = '22023',
      message = 'layers are a list of at most 20',
      hint = 'Send {"layers": [{"name": "primary", "priority": 1, "unit": "week", "start": "2026-11-30T09:00", "slots": [["ann"], ["bob"]]}]}.';
  end if;
  select pg_catalog.format('layer %s %s', coalesce('"' || pg_catalog.left(l.layer ->> 'name', 100) || '"', l.n::text), p.problem), p.hint into v_problem, v_hint
  from pg_catalog.jsonb_array_elements(v_layers) with ordinality l (layer, n)
  cross join lateral alerting.layer_problem(l.layer) p
  where p.problem is not null
  order by l.n
  limit 1;
  if v_problem is not null then
    raise exception using errcode = '22023', message = v_problem, hint = v_hint;
  end if;
  select l.layer ->> 'name' into v_problem
  from pg_catalog.jsonb_array_elements(v_layers) l (layer)
  group by 1
  having pg_catalog.count(*) > 1
  limit 1;
  if v_problem is not null then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('two layers are named "%s"', v_problem),
      hint = 'Give each layer a name of its own.';
  end if;
  perform alerting.find_person(tenant, n.name, true)
  from (
    select v_fallback as name where v_fallback is not null
    union
    select p.person
    from pg_catalog.jsonb_array_elements(v_layers) l (layer)
    cross join lateral pg_catalog.jsonb_array_elements(l.layer -> 'slots') s (people)
    cross join lateral pg_catalog.jsonb_array_elements_text(s.people) p (person)
  ) n;
  if v_fallback is not null then
    v_fallback_id := alerting.find_person(tenant, v_fallback, true);
  end if;

  insert into alerting.schedule (tenant_id, name, time_zone, fallback_person_id)
  values (tenant, v_name, v_zone, v_fallback_id)
  on conflict on constraint schedule_name_unique do nothing;
  v_is_new := found;
  -- One change at a time.
  select s.schedule_id into v_schedule_id
  from alerting.schedule s
  where s.tenant_id = tenant and s.name = v_name
  for update;

  -- Who would have been the fallback from then on, and was until then.
  if not v_is_new then
    select f.person_id into v_former_id
    from (
      select f.person_id, f.until_ts from alerting.former_fallback f
      where f.tenant_id = tenant and f.schedule_id = v_schedule_id and f.until_ts > v_from
      union all
      select s.fallback_person_id, 'infinity' from alerting.schedule s where s.tenant_id = tenant and s.schedule_id = v_schedule_id
    ) f
    order by f.until_ts
    limit 1;
  end if;
  delete from alerting.former_fallback f where f.tenant_id = tenant and f.schedule_id = v_schedule_id and f.until_ts > v_from;
  insert into alerting.former_fallback (tenant_id, schedule_id, until_ts, person_id)
  select tenant, v_schedule_id, v_from, v_former_id
  where v_former_id is distinct from v_fallback_id
  on conflict on constraint former_fallback_pkey do nothing;
  update alerting.schedule s
  set time_zone = v_zone, fallback_person_id = v_fallback_id
  where s.tenant_id = tenant and s.schedule_id = v_schedule_id;

  update alerting.schedule_layer l
  set effective_until = greatest(l.effective_from, v_from)
  where l.tenant_id = tenant and l.schedule_id = v_schedule_id and coalesce(l.effective_until > v_from, true);
  for v_layer in select l.layer from pg_catalog.jsonb_array_elements(v_layers) with ordinality l (layer, n) order by l.n loop
    insert into alerting.schedule_layer (tenant_id, schedule_id, name, priority, time_zone, unit, length, start_date, handoff_time, slot_count, effective_from)
    values (tenant, v_schedule_id, v_layer ->> 'name', (v_layer ->> 'priority')::int, v_zone, v_layer ->> 'unit', coalesce((v_layer ->> 'length')::int, 1),
      (v_layer ->> 'start')::timestamp::date, (v_layer ->> 'start')::timestamp::time, pg_catalog.jsonb_array_length(v_layer -> 'slots'), v_from)
    returning layer_id into v_layer_id;
    insert into alerting.layer_member (tenant_id, layer_id, slot, person_id)
    select tenant, v_layer_id, s.slot, p.person_id
    from pg_catalog.jsonb_array_elements(v_layer -> 'slots') with ordinality s (people, slot)
    join alerting.person p on p.tenant_id = tenant and s.people ? p.name;
    insert into alerting.layer_restriction (tenant_id, layer_id, restriction_no, weekdays, from_time, to_time)
    select tenant, v_layer_id, r.restriction_no,
      case when r.restriction ? 'weekdays' then array(select d.weekday::int from pg_catalog.jsonb_array_elements_text(r.restriction -> 'weekdays') d (weekday)) end,
      coalesce((r.restriction ->> 'from')::time, '00:00'), coalesce((r.restriction ->> 'to')::time, '24:00')
    from pg_catalog.jsonb_array_elements(coalesce(v_layer -> 'restrictions', '[]')) with ordinality r (restriction, restriction_no);
  end loop;
  return v_schedule_id;
end
$$;
comment on function alerting.save_schedule(int, jsonb, timestamptz) is
$$Makes a schedule, or changes the one of that name, from an instant on (null: now); until then it stays as it was, and a change that was to come after it is dropped. definition is the whole of it: {"name", "time_zone", "fallback": NAME or null, "layers": [{"name", "priority", "unit": "hour"|"day"|"week"|"month", "length": 1, "start": "2026-11-30T09:00", "slots": [["ann"], ["bob", "cy"], []], "restrictions": [{"weekdays": [1, 2], "from": "22:00", "to": "06:00"}]}]}. A layer whose start is kept goes on in turn. Returns schedule_id. 22023 for what is not right in it, 42704 for a person who does not exist.$$;
