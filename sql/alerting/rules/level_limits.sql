create or replace function alerting.level_limits(params jsonb) returns float8[]
language sql immutable parallel safe
as $$
  select array[
    (params #>> '{levels,low}')::float8, (params #>> '{levels,medium}')::float8,
    (params #>> '{levels,high}')::float8, (params #>> '{levels,critical}')::float8]
$$;
comment on function alerting.level_limits(jsonb) is
'The levels of a rule by rank of severity, from low to critical; null where there is none.';
