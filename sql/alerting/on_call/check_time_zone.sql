create or replace function alerting.check_time_zone() returns trigger
language plpgsql
as $$
declare
  v_problem text := alerting.time_zone_problem(new.time_zone);
begin
  if v_problem is not null then
    raise exception using
      errcode = '22023',
      message = v_problem,
      hint = 'Use an IANA name such as "Europe/Berlin", spelled exactly so; select name from pg_timezone_names lists them.';
  end if;
  return new;
end
$$;
comment on function alerting.check_time_zone() is
'Trigger of tables with a time_zone: 22023 unless it is an IANA name.';
create or replace trigger _500_check_time_zone before insert or update of time_zone on alerting.person
for each row execute function alerting.check_time_zone();
create or replace trigger _500_check_time_zone before insert or update of time_zone on alerting.schedule
for each row execute function alerting.check_time_zone();
create or replace trigger _500_check_time_zone before insert or update of time_zone on alerting.schedule_layer
for each row execute function alerting.check_time_zone();
