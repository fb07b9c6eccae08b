create or replace function alerting.check_silence() returns trigger
language plpgsql
as $$
begin
  perform alerting.refuse_matchers(new.matchers);
  if new.matchers = '[]' then
    raise exception using
      errcode = '22023',
      message = 'a silence without matchers would mute everything',
      hint = 'Say what it is for. To mute everything on purpose, match {"label": "rule", "op": "like", "value": "%"}.';
  end if;
  if new.time_zone is not null and alerting.time_zone_problem(new.time_zone) is not null then
    raise exception using
      errcode = '22023',
      message = alerting.time_zone_problem(new.time_zone),
      hint = 'Use an IANA name such as "Europe/Berlin", spelled exactly so; select name from pg_timezone_names lists them.';
  end if;
  return new;
end
$$;
comment on function alerting.check_silence() is 'Refuses a silence whose matchers are empty or not well-formed, or whose time zone does not exist (22023).';
