create or replace function alerting.layer_problem(layer jsonb, out problem text, out hint text)
language plpgsql immutable
as $$
declare
  v_start text := layer ->> 'start';
begin
  if pg_catalog.jsonb_typeof(layer) <> 'object' then
    problem := 'is not an object';
    hint := 'Send {"name": "primary", "priority": 1, "unit": "week", "length": 1, "start": "2026-11-30T09:00", "slots": [["ann"], ["bob"]]}.';
    return;
  end if;
  problem := alerting.unknown_key(layer, '{name,priority,unit,length,start,slots,restrictions}');
  if problem is not null then
    problem := pg_catalog.format('has an unknown key "%s"', pg_catalog.left(problem, 100));
    hint := 'A layer has name, priority, unit, length, start, slots and restrictions.';
    return;
  end if;
  if not coalesce(layer ->> 'name' ~ '^[a-z][a-z0-9_.-]{0,62}$', false) then
    problem := 'has no valid name';
    hint := 'Use small letters, digits, ".", "_" and "-", beginning with a letter, such as "primary".';
    return;
  end if;
  if not coalesce(layer ->> 'priority' ~ '^-?\d{1,4}$' and (layer ->> 'priority')::int between -1000 and 1000, false) then
    problem := 'has no priority between -1000 and 1000';
    hint := 'The layer with the highest number that has somebody decides; give each its own unless they are to be on call together.';
    return;
  end if;
  if not coalesce(layer ->> 'unit' in ('hour', 'day', 'week', 'month'), false) then
    problem := 'has no valid unit';
    hint := 'Turns are counted in "hour", "day", "week" or "month".';
    return;
  end if;
  if layer ? 'length' and not coalesce(layer ->> 'length' ~ '^\d{1,4}$' and (layer ->> 'length')::int between 1 and 1000, false) then
    problem := 'has a length that is not between 1 and 1000';
    hint := 'A turn lasts so many units, such as 1 week or 12 hours; leave it out for 1.';
    return;
  end if;
  if not coalesce(v_start ~ '^(19[7-9]\d|20\d\d|21\d\d)-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d(:00)?$'
    and pg_catalog.pg_input_is_valid(v_start, 'timestamp'), false) then
    problem := 'has no valid start';
    hint := 'Give the day and the time of the first handoff on the schedule''s own clock, to the minute and without a zone, such as "2026-11-30T09:00".';
    return;
  end if;
  if not coalesce(pg_catalog.jsonb_typeof(layer -> 'slots') = 'array'
    and pg_catalog.jsonb_array_length(layer -> 'slots') between 1 and 1000, false) then
    problem := 'has no list of 1 to 1000 slots';
    hint := 'Each slot is a list of names: [["ann"], ["bob", "cy"], []]; an empty one is a turn with nobody.';
    return;
  end if;
  select pg_catalog.format('has a slot %s that is not a list of at most 50 different names', s.slot) into problem
  from pg_catalog.jsonb_array_elements(layer -> 'slots') with ordinality s (people, slot)
  where pg_catalog.jsonb_typeof(s.people) <> 'array'
    or exists (
      select from pg_catalog.jsonb_array_elements(case pg_catalog.jsonb_typeof(s.people) when 'array' then s.people end) p (person)
      having pg_catalog.count(*) > 50 or pg_catalog.count(*) > pg_catalog.count(distinct p.person)
        or not coalesce(pg_catalog.bool_and(pg_catalog.jsonb_typeof(p.person) = 'string'), true))
  order by s.slot
  limit 1;
  if problem is not null then
    hint := 'Each slot is a list of names: [["ann"], ["bob", "cy"], []].';
    return;
  end if;
  if layer ? 'restrictions' then
    if not coalesce(pg_catalog.jsonb_typeof(layer -> 'restrictions') = 'array'
      and pg_catalog.jsonb_array_length(layer -> 'restrictions') <= 50, false) then
      problem := 'has restrictions that are not a list of at most 50';
    else
      select pg_catalog.format('has a restriction %s that %s', r.restriction_no, alerting.restriction_problem(r.restriction)) into problem
      from pg_catalog.jsonb_array_elements(layer -> 'restrictions') with ordinality r (restriction, restriction_no)
      where alerting.restriction_problem(r.restriction) is not null
      order by r.restriction_no
      limit 1;
    end if;
    if problem is not null then
      hint := 'Send [{"weekdays": [1, 2, 3, 4, 5], "from": "22:00", "to": "06:00"}]: days on which a window begins, and its hours on the schedule''s own clock.';
    end if;
  end if;
end
$$;
comment on function alerting.layer_problem(jsonb) is
'What is wrong with the definition of a layer, to follow its name, and what to do about it; both null when nothing is. Whether there are such people is not asked.';
