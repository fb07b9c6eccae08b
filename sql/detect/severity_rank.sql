create or replace function detect.severity_rank(severity text) returns int
language sql immutable parallel safe
as $$
  select pg_catalog.array_position(array['low', 'medium', 'high', 'critical'], severity)
$$;
comment on function detect.severity_rank(text) is '1 for low to 4 for critical; null for anything else.';
