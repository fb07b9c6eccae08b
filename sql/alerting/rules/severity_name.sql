create or replace function alerting.severity_name(rank int) returns text
language sql immutable parallel safe
as $$
  select (array['low', 'medium', 'high', 'critical'])[rank]
$$;
comment on function alerting.severity_name(int) is 'The severity of a rank of detect.severity_rank; null for any other number.';
