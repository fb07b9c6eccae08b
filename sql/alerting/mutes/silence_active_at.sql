create or replace function alerting.silence_active_at(silence alerting.silence, ts timestamptz) returns boolean
language plpgsql immutable parallel safe
as $$
declare
  -- Days of lasts are days of the calendar; the rest is time that passes.
  v_clock interval := pg_catalog.make_interval(hours => extract(hour from silence.lasts)::int, mins => extract(minute from silence.lasts)::int,
    secs => extract(second from silence.lasts)::float8);
  v_today date;
  v_day date;
  v_day_no int;
  v_begin timestamp;
begin
  if ts < silence.starts_at or ts >= silence.ends_at then
    return false;
  end if;
  if silence.local_start is null then
    return true;
  end if;
  v_today := (ts at time zone silence.time_zone)::date;
  -- Later days have not begun; earlier ones are over, but for a day that a zone skipped or had twice.
  for v_back in 0 .. 2 + (extract(epoch from silence.lasts) / 86400)::int loop
    v_day := v_today - v_back;
    v_day_no := extract(day from v_day);
    continue when not coalesce(extract(isodow from v_day)::int = any (silence.weekdays), true);
    continue when not coalesce(v_day_no = any (silence.month_days)
      or extract(day from v_day + 1) = 1 and exists (select from pg_catalog.unnest(silence.month_days) m where m > v_day_no),
      true);
    v_begin := v_day + silence.local_start;
    if ts >= alerting.instant_of(v_begin, silence.time_zone)
      and ts < alerting.instant_of(v_begin + (silence.lasts - v_clock), silence.time_zone) + v_clock then
      return true;
    end if;
  end loop;
  return false;
end
$$;
comment on function alerting.silence_active_at(alerting.silence, timestamptz) is
'Whether a silence is in force at an instant: its beginning belongs to it, its end does not. A recurring one begins on each day, in its own time zone, that is among weekdays and among month_days (null: any; a day of the month that a month does not have is its last); both given, both must hold: weekdays {1} and month_days {1,2,3,4,5,6,7} is the first Monday. What of an occurrence lies outside of starts_at and ends_at does not count. Whole days of lasts are days of the calendar and its hours are time that passes, so that "8 hours" is 8 hours in the night of a clock change, too. A local time that is skipped is the first instant after the gap, one that comes twice its first (alerting.instant_of).';
