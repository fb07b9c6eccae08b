create or replace function alerting.hours_of(spans tstzmultirange) returns float8
language sql immutable parallel safe
as $$
  select coalesce(pg_catalog.sum(extract(epoch from pg_catalog.upper(s.span) - pg_catalog.lower(s.span))), 0)::float8 / 3600
  from pg_catalog.unnest(spans) s (span)
$$;
comment on function alerting.hours_of(tstzmultirange) is 'How many hours finite spans of time last together.';
