create or replace function alerting.throttle_problem(throttle jsonb) returns text
language plpgsql immutable parallel safe
as $$
begin
  if throttle is null then
    return null;
  end if;
  if pg_catalog.jsonb_typeof(throttle) <> 'array' then
    return 'throttle is a list of limits';
  end if;
  if pg_catalog.jsonb_array_length(throttle) > 5 then
    return 'throttle has at most 5 limits';
  end if;
  if exists (
    select from pg_catalog.jsonb_array_elements(throttle) t (content)
    where not coalesce(pg_catalog.jsonb_typeof(t.content) = 'object' and t.content - '{count,seconds}'::text[] = '{}'
      and t.content -> 'count' between '1' and '100000' and t.content ->> 'count' ~ '^[0-9]+$'
      and t.content -> 'seconds' between '1' and '604800' and t.content ->> 'seconds' ~ '^[0-9]+$', false)) then
    return 'a limit is like {"count": 5, "seconds": 900}: at most so many messages to one recipient in so long, up to 7 days';
  end if;
  return null;
end
$$;
comment on function alerting.throttle_problem(jsonb) is
'What is wrong with the limits of a channel, a list of {"count", "seconds"}; null when nothing is, or when there are none (null).';
