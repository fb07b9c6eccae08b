-- When a silence is in force: once, and again and again in the local time of a zone.
begin;
set local client_min_messages = warning;
\ir ../support/names.psql
\ir ../support/refusal.psql
select plan(36);
select ops.create_tenant('acme', 'Acme') \gset

-- A silence as it would be in the table.
create function pg_temp.silence(fields jsonb) returns alerting.silence
language sql as $$
  select jsonb_populate_record(null::alerting.silence, '{"starts_at": "2020-01-01T00:00:00Z", "ends_at": "infinity"}' || fields)
$$;
create function pg_temp.active(fields jsonb, ts timestamptz) returns boolean
language sql as $$ select alerting.silence_active_at(pg_temp.silence(fields), ts) $$;
-- The instants of a range of minutes at which it changes, in its own zone.
create function pg_temp.changes(fields jsonb, from_ts timestamptz, to_ts timestamptz) returns text[]
language sql as $$
  select array_agg(to_char(x.ts at time zone (fields ->> 'time_zone'), 'DD HH24:MI') || case when x.active then ' on' else ' off' end order by x.ts)
  from (select m.ts, a.active, lag(a.active) over (order by m.ts) as before
    from generate_series(from_ts, to_ts, interval '15 minutes') m (ts) cross join lateral pg_temp.active(fields, m.ts) a (active)) x
  where x.active <> x.before
$$;

select ok(pg_temp.active('{"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-02T00:00:00Z"}', '2026-01-01 00:00Z'), 'its beginning belongs to it');
select ok(not pg_temp.active('{"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-02T00:00:00Z"}', '2026-01-02 00:00Z'), 'its end does not');
select ok(not pg_temp.active('{"starts_at": "2026-01-01T00:00:00Z"}', '2025-12-31 23:59Z'), 'before it begins it is not in force');

select is(pg_temp.changes(f::jsonb, from_ts, to_ts), changes::text[], name)
from (values
  ('every night over midnight', '{"time_zone": "Europe/Berlin", "local_start": "22:00", "lasts": "08:00"}', '2026-01-10 00:00Z'::timestamptz, '2026-01-11 12:00Z'::timestamptz,
    '{10 06:00 off,10 22:00 on,11 06:00 off}'),
  ('on the days that are named, as it begins', '{"time_zone": "Europe/Berlin", "local_start": "22:00", "lasts": "08:00", "weekdays": [6]}', '2026-01-09 00:00Z', '2026-01-12 00:00Z',
    '{10 22:00 on,11 06:00 off}'),
  ('the first Monday of the month', '{"time_zone": "Europe/London", "local_start": "02:00", "lasts": "01:00", "weekdays": [1], "month_days": [1, 2, 3, 4, 5, 6, 7]}', '2026-03-01 00:00Z', '2026-03-31 00:00Z',
    '{02 02:00 on,02 03:00 off}'),
  ('the 31st is the last day of a short month', '{"time_zone": "UTC", "local_start": "10:00", "lasts": "01:00", "month_days": [31]}', '2026-02-01 00:00Z', '2026-04-01 00:00Z',
    '{28 10:00 on,28 11:00 off,31 10:00 on,31 11:00 off}'),
  ('and the 29th only where there is none', '{"time_zone": "UTC", "local_start": "10:00", "lasts": "01:00", "month_days": [29]}', '2028-02-01 00:00Z', '2028-03-01 12:00Z',
    '{29 10:00 on,29 11:00 off}'),
  ('a leap day is a day', '{"time_zone": "UTC", "local_start": "10:00", "lasts": "01:00", "month_days": [30]}', '2028-02-01 00:00Z', '2028-03-01 12:00Z',
    '{29 10:00 on,29 11:00 off}'),
  ('eight hours are eight hours when the clocks go forward', '{"time_zone": "America/Chicago", "local_start": "22:00", "lasts": "08:00", "weekdays": [6]}', '2026-03-07 12:00Z', '2026-03-08 18:00Z',
    '{07 22:00 on,08 07:00 off}'),
  ('and when they go back', '{"time_zone": "America/Chicago", "local_start": "22:00", "lasts": "08:00", "weekdays": [6]}', '2026-10-31 12:00Z', '2026-11-01 18:00Z',
    '{31 22:00 on,01 05:00 off}'),
  ('a day is a day of the calendar, of 23 hours', '{"time_zone": "America/Chicago", "local_start": "12:00", "lasts": "1 day", "weekdays": [6]}', '2026-03-07 12:00Z', '2026-03-09 18:00Z',
    '{07 12:00 on,08 12:00 off}'),
  ('a time that is skipped is the end of the gap', '{"time_zone": "America/Chicago", "local_start": "02:30", "lasts": "01:00", "weekdays": [7]}', '2026-03-08 00:00Z', '2026-03-09 12:00Z',
    '{08 03:00 on,08 04:00 off}'),
  ('one that comes twice is the first', '{"time_zone": "America/Chicago", "local_start": "01:30", "lasts": "00:30", "weekdays": [7]}', '2026-11-01 00:00Z', '2026-11-02 06:00Z',
    '{01 01:30 on,01 01:00 off}'),
  ('half an hour of summer time', '{"time_zone": "Australia/Lord_Howe", "local_start": "02:15", "lasts": "01:00", "weekdays": [7]}', '2026-10-03 00:00Z', '2026-10-04 12:00Z',
    '{04 02:30 on,04 03:30 off}'),
  ('a zone at a quarter to', '{"time_zone": "Asia/Kathmandu", "local_start": "09:00", "lasts": "01:00", "weekdays": [3]}', '2026-01-06 00:00Z', '2026-01-08 00:00Z',
    '{07 09:00 on,07 10:00 off}'),
  ('longer than a day, seen from its last', '{"time_zone": "UTC", "local_start": "12:00", "lasts": "3 days", "month_days": [1]}', '2026-05-03 00:00Z', '2026-05-06 00:00Z',
    '{04 12:00 off}'),
  ('a month long, every month', '{"time_zone": "UTC", "local_start": "00:00", "lasts": "31 days", "month_days": [1]}', '2026-05-01 00:00Z', '2026-07-01 00:00Z', null),
  ('clipped at both ends', '{"time_zone": "UTC", "local_start": "10:00", "lasts": "02:00", "starts_at": "2026-05-01T11:00:00Z", "ends_at": "2026-05-02T11:00:00Z"}', '2026-05-01 00:00Z', '2026-05-03 00:00Z',
    '{01 11:00 on,01 12:00 off,02 10:00 on,02 11:00 off}'),
  ('a day that a zone left out begins with the next', '{"time_zone": "Pacific/Apia", "local_start": "10:00", "lasts": "01:00", "month_days": [30], "starts_at": "2011-01-01T00:00:00Z"}', '2011-12-28 00:00Z', '2012-01-02 00:00Z',
    '{31 00:00 on,31 01:00 off}')) x (name, f, from_ts, to_ts, changes);

-- Against a list of all occurrences, in zones that change their clocks differently.
create function pg_temp.disagreements(zone text) returns bigint
language sql as $$
  select count(*)
  from (values ('22:00'::time, interval '8 hours', '{1,2,3,4,5}'::int[], null::int[]), ('02:30', '26 hours', null, '{8,31}'), ('00:00', '1 minute', '{7}', '{1}')) s (local_start, lasts, weekdays, month_days)
  cross join generate_series('2026-01-01 00:07Z'::timestamptz, '2026-12-31', interval '97 minutes') p (ts)
  where pg_temp.active(jsonb_build_object('time_zone', zone, 'local_start', s.local_start, 'lasts', s.lasts, 'weekdays', s.weekdays, 'month_days', s.month_days), p.ts)
    <> exists (
      select from generate_series((p.ts at time zone zone)::date::timestamp - interval '4 days', p.ts at time zone zone, interval '1 day') d (day)
      where coalesce(extract(isodow from d.day) = any (s.weekdays), true)
        and coalesce(extract(day from d.day) = any (s.month_days)
          or extract(month from d.day) <> extract(month from d.day + interval '1 day') and extract(day from d.day) < (select max(m) from unnest(s.month_days) m), true)
        and p.ts >= alerting.instant_of(d.day + s.local_start, zone)
        and p.ts < alerting.instant_of(d.day + s.local_start, zone) + s.lasts)
$$;
select is(pg_temp.disagreements(z), 0::bigint, 'a year in ' || z) from unnest('{America/Chicago,Europe/London,Australia/Sydney,Asia/Kathmandu}'::text[]) z;

-- In the table.
insert into alerting.silence (tenant_id, matchers, reason, starts_at, ends_at, created_by)
select pg_temp.tenant('acme'), '[{"label": "site", "op": "below", "value": "emea"}]', r, s, e, 'x'
from (values ('over', now() - interval '2 hours', now() - interval '1 hour'), ('now', now() - interval '1 hour', now() + interval '1 hour'),
  ('later', now() + interval '1 hour', now() + interval '2 hours')) x (r, s, e);
create function pg_temp.reason(id bigint) returns text language sql as $$ select s.reason from alerting.silence s where s.silence_id = id $$;
select is(pg_temp.reason(alerting.muting_silence(pg_temp.tenant('acme'), '{"site": "emea.de"}', now())), 'now', 'the one in force mutes');
select is(pg_temp.reason(alerting.muting_silence(pg_temp.tenant('acme'), '{"site": "emea"}', now() + interval '90 minutes')), 'later', 'at another time another');
select is(alerting.muting_silence(pg_temp.tenant('acme'), '{"site": "apac"}', now()), null, 'what does not match is not muted');
select is(alerting.muting_silence(pg_temp.tenant('acme'), '{}', now()), null, 'nor what has no such label');
select is(alerting.muting_silence(0, '{"site": "emea"}', now()), null, 'nor another tenant''s');

-- Refused.
create function pg_temp.refused(columns text, row_values text) returns text
language sql as $$ select pg_temp.refusal(format($x$insert into alerting.silence (tenant_id, matchers, reason, created_by, %s) values (%s, '[{"label": "a", "op": "=", "value": "x"}]', 'x', 'x', %s)$x$,
  columns, pg_temp.tenant('acme'), row_values)) $$;
select matches(pg_temp.refused('time_zone, local_start, lasts', $$'Mars/Olympus', '10:00', '1 hour'$$), '^22023: time zone "Mars/Olympus" does not exist \(Use an IANA name', 'a zone that is not');
select matches(pg_temp.refused('time_zone, local_start, lasts', $$'CEST', '10:00', '1 hour'$$), '^22023: time zone "CEST" does not exist', 'an abbreviation');
select matches(pg_temp.refused('ends_at', $$now() - interval '1 day'$$), '^23514.*silence_ends_after_start', 'an end before the beginning');
select matches(pg_temp.refused('weekdays', $$'{1}'$$), '^23514.*recurrence_is_complete', 'days without a time');
select matches(pg_temp.refused('time_zone, local_start, lasts', $$'UTC', '10:00', '32 days'$$), '^23514.*lasts_bounded', 'more than a month');
select matches(pg_temp.refused('time_zone, local_start, lasts, weekdays', $$'UTC', '10:00', '1 hour', '{8}'$$), '^23514.*weekdays_are_iso', 'an eighth day of the week');
select is(pg_temp.refused('time_zone, local_start, lasts, month_days', $$'UTC', '10:00', '1 hour', '{31}'$$), 'accepted', 'a window each month');
select * from finish();
rollback;
