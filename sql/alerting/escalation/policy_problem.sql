create or replace function alerting.policy_problem(definition jsonb) returns text
language sql stable
as $$
  select case
    when pg_catalog.jsonb_typeof(definition) is distinct from 'object' then 'a policy is an object'
    when coalesce(definition ->> 'name', '') !~ '^[a-z][a-z0-9_.-]{0,62}$' then 'a policy''s name begins with a letter and has up to 63 lower-case letters, digits and . _ -'
    when exists (
      select from pg_catalog.jsonb_object_keys(definition) k (key)
      where k.key not in ('name', 'repeats', 'acknowledge_timeout', 'reminder', 'steps'))
      then 'a policy has name, repeats, acknowledge_timeout, reminder and steps, and nothing else'
    when pg_catalog.jsonb_typeof(definition -> 'steps') is distinct from 'array' then 'a policy has a list of steps'
    when pg_catalog.jsonb_array_length(definition -> 'steps') not between 1 and 20 then 'a policy has 1 to 20 steps'
    else (
      select p.problem
      from pg_catalog.jsonb_array_elements(definition -> 'steps') with ordinality s (step, place)
      cross join lateral (
        select case
          when pg_catalog.jsonb_typeof(s.step) is distinct from 'object' then pg_catalog.format('step %s is not an object', s.place)
          when exists (
            select from pg_catalog.jsonb_object_keys(s.step) k (key)
            where k.key not in ('delay', 'min_severity', 'weekdays', 'from_time', 'to_time', 'time_zone', 'targets'))
            then pg_catalog.format('step %s has delay, min_severity, weekdays, from_time, to_time, time_zone and targets, and nothing else', s.place)
          when pg_catalog.jsonb_typeof(s.step -> 'targets') is distinct from 'array' then pg_catalog.format('step %s has no list of targets', s.place)
          when pg_catalog.jsonb_array_length(s.step -> 'targets') not between 1 and 20 then pg_catalog.format('step %s has not 1 to 20 targets', s.place)
          when s.step ? 'weekdays' and pg_catalog.jsonb_typeof(s.step -> 'weekdays') <> 'array' then pg_catalog.format('weekdays of step %s are not a list', s.place)
          when s.step ? 'time_zone' and alerting.time_zone_problem(s.step ->> 'time_zone') is not null
            then pg_catalog.format('step %s has the unknown time zone "%s"', s.place, s.step ->> 'time_zone')
        end as problem
      ) p
      where p.problem is not null
      order by s.place
      limit 1)
  end
$$;
comment on function alerting.policy_problem(jsonb) is
'What is wrong with the form of an escalation policy''s definition, for people; null when nothing is. Names and values are checked as it is saved.';
