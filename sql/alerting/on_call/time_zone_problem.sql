create or replace function alerting.time_zone_problem(zone text) returns text
language sql stable
as $$
  select case
    when zone = 'UTC' then null
    when zone is null then 'a time zone is needed'
    when zone in ('localtime', 'posixrules', 'Factory')
      or not exists (select from pg_catalog.pg_timezone_names n where n.name = zone) then
      pg_catalog.format('time zone "%s" does not exist', pg_catalog.left(zone, 100))
  end
$$;
comment on function alerting.time_zone_problem(text) is
'What is wrong with the name of a time zone: null when it is one of the IANA names the server knows, spelled as there. Postgres itself would also take abbreviations, which have no summer time, and POSIX rules that it does not check.';
