-- Who is on call: layers, turns, restrictions, overrides, absences, the fallback, and the clocks.
begin;
select plan(60);
\ir ../support/names.psql
select ops.create_tenant('acme', 'Acme') as acme, ops.create_tenant('other', 'Other') as other \gset
insert into alerting.person (tenant_id, name, display_name) select :acme, n, n from unnest('{ann,bob,cy,dan,eve,fay}'::text[]) n;
create function pg_temp.person(name text) returns int language sql as $$ select p.person_id from alerting.person p where p.tenant_id = pg_temp.tenant('acme') and p.name = $1 $$;
create function pg_temp.schedule(name text) returns int language sql as $$ select s.schedule_id from alerting.schedule s where s.tenant_id = pg_temp.tenant('acme') and s.name = $1 $$;
-- A layer of the past: slots as 'ann,bob cy  dan', an empty one between two spaces.
create function pg_temp.layer(schedule text, name text, priority int, unit text, length int, start timestamp, slots text, from_ts timestamptz default '2000-01-01Z',
  until_ts timestamptz default null) returns int
language plpgsql as $$
declare
  v_layer int;
begin
  insert into alerting.schedule_layer (tenant_id, schedule_id, name, priority, time_zone, unit, length, start_date, handoff_time, slot_count, effective_from, effective_until)
  select s.tenant_id, s.schedule_id, layer.name, priority, s.time_zone, unit, length, start::date, start::time, cardinality(string_to_array(slots, ' ')), from_ts, until_ts
  from alerting.schedule s where s.tenant_id = pg_temp.tenant('acme') and s.name = layer.schedule
  returning layer_id into v_layer;
  insert into alerting.layer_member (tenant_id, layer_id, slot, person_id)
  select pg_temp.tenant('acme'), v_layer, s.n, pg_temp.person(p.name)
  from unnest(string_to_array(slots, ' ')) with ordinality s (people, n) cross join unnest(string_to_array(s.people, ',')) p (name) where p.name <> '';
  return v_layer;
end $$;
create function pg_temp.plan(name text, zone text, fallback text default null) returns int language sql as $$
  insert into alerting.schedule (tenant_id, name, time_zone, fallback_person_id) values (pg_temp.tenant('acme'), name, zone, pg_temp.person(fallback)) returning schedule_id
$$;
create function pg_temp.who(schedule text, ts timestamptz) returns text language sql as $$
  select coalesce(string_agg(p.name || '/' || o.source, ' ' order by p.name), 'nobody')
  from alerting.on_call_at(pg_temp.tenant('acme'), pg_temp.schedule(schedule), ts) o join alerting.person p on p.tenant_id = pg_temp.tenant('acme') and p.person_id = o.person_id
$$;
create function pg_temp.rows(schedule text, "from" timestamptz, "to" timestamptz) returns setof text language sql as $$
  select format('%s %s %s', to_char(f.from_ts at time zone 'UTC', 'MM-DD HH24:MI'), array_to_string(f.people, ','), f.source) from alerting.final_schedule(pg_temp.tenant('acme'), pg_temp.schedule(schedule), "from", "to") f order by f.from_ts
$$;
create function pg_temp.override(schedule text, kind text, person_in text, person_out text, from_ts timestamptz, to_ts timestamptz) returns int language sql as $$
  insert into alerting.schedule_override (tenant_id, schedule_id, kind, person_in, person_out, from_ts, to_ts, created_by)
  values (pg_temp.tenant('acme'), pg_temp.schedule(schedule), kind, pg_temp.person(person_in), pg_temp.person(person_out), from_ts, to_ts, 'test') returning override_id
$$;
create function pg_temp.away(name text, from_ts timestamptz, to_ts timestamptz) returns int language sql as $$
  insert into alerting.unavailability (tenant_id, person_id, from_ts, to_ts, created_by) values (pg_temp.tenant('acme'), pg_temp.person(name), from_ts, to_ts, 'test') returning unavailability_id
$$;

-- Local times.
select is(alerting.instant_of('2026-03-08 02:30', 'America/Chicago'), '2026-03-08 08:00Z', 'a local time that is skipped is the first instant after the gap');
select is(alerting.instant_of('2026-03-08 02:00', 'America/Chicago'), '2026-03-08 08:00Z', 'also at its beginning');
select is(alerting.instant_of('2026-11-01 01:30', 'America/Chicago'), '2026-11-01 06:30Z', 'a local time that comes twice is the first of the two');
select is(alerting.instant_of('2026-04-05 01:45', 'Australia/Lord_Howe'), '2026-04-04 14:45Z', 'also where the clocks go back by half an hour');
select is(alerting.instant_of('2026-10-04 02:15', 'Australia/Lord_Howe'), '2026-10-03 15:30Z', 'or on by that');
select is(alerting.instant_of('2011-12-30 15:00', 'Pacific/Apia'), '2011-12-30 10:00Z', 'or a day is left out');
select is(alerting.instant_of('2026-07-01 00:00', 'Asia/Kathmandu'), '2026-06-30 18:15Z', 'an offset need not be in hours');
select throws_ok($$ select alerting.instant_of('2026-07-01', 'Mars/Phobos') $$, '22023', null, 'a zone must exist');

-- Layers.
select pg_temp.plan('ops', 'UTC') \g /dev/null
select is(pg_temp.who('ops', '2026-01-01Z'), 'nobody', 'a schedule without layers has nobody');
select results_eq($$ select * from pg_temp.rows('ops', '2026-01-01Z', '2026-01-02Z') $$, array['01-01 00:00  gap'], 'and says so');
select pg_temp.layer('ops', 'low', 1, 'week', 1, '2026-01-05 09:00', 'ann bob') as low, pg_temp.layer('ops', 'high', 2, 'day', 1, '2026-01-06 00:00', 'cy,dan  eve') as high \gset
select is(pg_temp.who('ops', '2026-01-05 08:59:59.999999Z'), 'nobody', 'before the first turn begins there is nobody');
select is(pg_temp.who('ops', '2026-01-05 09:00Z'), 'ann/layer:low', 'it begins on time');
select is(pg_temp.who('ops', '2026-01-06 00:00Z'), 'cy/layer:high dan/layer:high', 'the highest layer decides, with several people at once');
select is(pg_temp.who('ops', '2026-01-07 12:00Z'), 'ann/layer:low', 'an empty slot lets the next layer decide');
select is(pg_temp.who('ops', '2026-01-08 12:00Z'), 'eve/layer:high', 'the slots come in order');
select is(pg_temp.who('ops', '2026-01-09 12:00Z'), 'cy/layer:high dan/layer:high', 'and again from the first');
select is(pg_temp.who('ops', '2026-01-13 12:00Z'), 'bob/layer:low', 'the lower layer has gone on meanwhile');
select results_eq($$ select * from pg_temp.rows('ops', '2026-01-05Z', '2026-01-08Z') $$,
  array['01-05 00:00  gap', '01-05 09:00 ann layer:low', '01-06 00:00 cy,dan layer:high', '01-07 00:00 ann layer:low'], 'the rows of a range, gaps among them');
select is(pg_temp.who('other', '2026-01-06Z'), 'nobody', 'a schedule that does not exist has nobody');
select is_empty(format($$ select * from alerting.on_call_at(%s, pg_temp.schedule('ops'), '2026-01-06Z') $$, :other), 'nor has another tenant''s');
select throws_ok(format($$ select * from alerting.final_schedule(%s, 1, '2026-01-02', '2026-01-02') $$, :acme), '22023', 'from must be before to, and both finite', 'a range must not be empty');
select throws_ok(format($$ select * from alerting.final_schedule(%s, 1, '2026-01-02', 'infinity') $$, :acme), '22023', 'from must be before to, and both finite', 'nor without an end');
select pg_temp.layer('ops', 'equal', 2, 'week', 1, '2026-02-01 00:00', 'fay,cy', '2026-02-02Z', '2026-02-03Z') \g /dev/null
select is(pg_temp.who('ops', '2026-02-02Z'), 'cy/layer:equal dan/layer:high fay/layer:equal', 'layers of equal priority are on call together, each person once');
select is(pg_temp.who('ops', '2026-02-01 23:59:59Z') || ', ' || pg_temp.who('ops', '2026-02-03Z'), 'eve/layer:high, ann/layer:low', 'and only while they hold');

-- Overrides.
select pg_temp.override('ops', 'add', 'fay', null, '2026-03-01Z', '2026-03-02Z'), pg_temp.override('ops', 'remove', null, 'ann', '2026-03-03Z', '2026-03-04Z'),
  pg_temp.override('ops', 'replace', 'fay', 'ann', '2026-03-16Z', '2026-03-17Z'), pg_temp.override('ops', 'replace', 'eve', null, '2026-03-18Z', '2026-03-19Z'),
  pg_temp.override('ops', 'remove', null, 'cy', '2026-03-19Z', '2026-03-20Z') \g /dev/null
select is(pg_temp.who('ops', '2026-02-28 12:00Z') || ', ' || pg_temp.who('ops', '2026-03-01 12:00Z'), 'eve/layer:high, cy/layer:high dan/layer:high fay/override', 'somebody added is on call besides');
select is(pg_temp.who('ops', '2026-03-03 12:00Z'), 'eve/layer:high', 'somebody who is not on call is removed from nothing');
select is(pg_temp.who('ops', '2026-03-16 12:00Z'), 'cy/layer:high dan/layer:high', 'nor replaced');
select is(pg_temp.who('ops', '2026-03-17 12:00Z'), 'ann/layer:low', 'the day after');
select is(pg_temp.who('ops', '2026-03-18 12:00Z'), 'eve/override', 'one person may stand in for everybody');
select is(pg_temp.who('ops', '2026-03-19 12:00Z'), 'dan/layer:high', 'somebody removed is passed over');
select pg_temp.override('ops', 'remove', null, 'dan', '2026-03-19Z', '2026-03-20Z') \g /dev/null
select is(pg_temp.who('ops', '2026-03-19 12:00Z'), 'ann/layer:low', 'and when nobody is left the next layer decides');
select pg_temp.override('ops', 'replace', 'fay', 'ann', '2026-03-19Z', '2026-03-19 18:00Z') \g /dev/null
select is(pg_temp.who('ops', '2026-03-19 12:00Z'), 'fay/override', 'where somebody is replaced');
select results_eq($$ select * from pg_temp.rows('ops', '2026-03-18Z', '2026-03-20Z') $$, array['03-18 00:00 eve override', '03-19 00:00 fay override', '03-19 18:00 ann layer:low'], 'the rows say the same');
select throws_ok($$ select pg_temp.override('ops', 'replace', 'eve', 'ann', '2026-03-19 17:00Z', '2026-03-20Z') $$, '23P01', null, 'nobody is replaced twice at once');
select throws_ok($$ select pg_temp.override('ops', 'remove', null, 'ann', '2026-03-19 17:00Z', '2026-03-20Z') $$, '23P01', null, 'nor removed as well');
select throws_ok($$ select pg_temp.override('ops', 'add', 'fay', null, '2026-03-01 17:00Z', '2026-03-05Z') $$, '23P01', null, 'nor added twice');
select lives_ok($$ select pg_temp.override('ops', 'replace', 'eve', 'ann', '2026-03-19 18:00Z', '2026-03-20Z') $$, 'but one after the other');
select throws_ok($$ select pg_temp.override('ops', 'replace', 'ann', 'ann', '2026-05-01Z', '2026-05-02Z') $$, '23514', null, 'nor by themself');

-- Absences and the fallback.
select pg_temp.away('eve', '2026-04-01Z', '2026-04-10Z'), pg_temp.away('ann', '2026-04-01Z', '2026-04-10Z') \g /dev/null
select is(pg_temp.who('ops', '2026-04-03 12:00Z'), 'cy/layer:high dan/layer:high', 'a turn of others goes on');
select is(pg_temp.who('ops', '2026-04-08 12:00Z'), 'bob/layer:low', 'somebody away is as if not in the slot, and the next layer decides');
select is(pg_temp.who('ops', '2026-04-02 12:00Z'), 'nobody', 'until there is nobody');
update alerting.schedule s set fallback_person_id = pg_temp.person('ann') where s.tenant_id = :acme and s.name = 'ops';
select is(pg_temp.who('ops', '2026-04-02 12:00Z'), 'ann/fallback', 'or the fallback, who is also while away');
select pg_temp.override('ops', 'replace', 'fay', 'ann', '2026-04-02Z', '2026-04-03Z') \g /dev/null
select is(pg_temp.who('ops', '2026-04-02 12:00Z'), 'fay/override', 'whoever is away can be replaced');
select pg_temp.away('fay', '2026-04-02 18:00Z', '2026-04-10Z') \g /dev/null
select is(pg_temp.who('ops', '2026-04-02 18:00Z'), 'ann/fallback', 'but not by somebody who is away too');
select pg_temp.override('ops', 'replace', 'fay', 'cy', '2026-04-09Z', '2026-04-10Z') \g /dev/null
select is(pg_temp.who('ops', '2026-04-09 12:00Z'), 'cy/layer:high dan/layer:high', 'then they stay');
update alerting.person set active = false where tenant_id = :acme and name in ('ann', 'cy');
select is(pg_temp.who('ops', now() + interval '10 years') !~ 'ann|cy', true, 'whoever is inactive is not on call');
select is((select count(*) from alerting.final_schedule(:acme, pg_temp.schedule('ops'), now(), now() + interval '1 year') f where f.people && '{ann,cy}'), 0::bigint, 'in no row');
select is(pg_temp.who('ops', '2026-01-06 00:00Z'), 'cy/layer:high dan/layer:high', 'but was');
update alerting.person set active = true where tenant_id = :acme and name in ('ann', 'cy');
select is((select inactive_since from alerting.person where tenant_id = :acme and name = 'ann'), null, 'until they are active again');

-- Turns on the wall clock.
select pg_temp.plan('chicago', 'America/Chicago'), pg_temp.layer('chicago', 'daily', 1, 'day', 1, '2026-01-01 09:00', 'ann bob') \g /dev/null
select results_eq($$ select * from pg_temp.rows('chicago', '2026-03-07 15:00Z', '2026-03-09 15:00Z') $$, array['03-07 15:00 bob layer:daily', '03-08 14:00 ann layer:daily', '03-09 14:00 bob layer:daily'],
  'a handoff at nine stays at nine: 23 hours in spring');
select results_eq($$ select * from pg_temp.rows('chicago', '2026-10-31 14:00Z', '2026-11-02 16:00Z') $$, array['10-31 14:00 bob layer:daily', '11-01 15:00 ann layer:daily', '11-02 15:00 bob layer:daily'],
  '25 in autumn');
select pg_temp.plan('hourly', 'America/Chicago'), pg_temp.layer('hourly', 'hourly', 1, 'hour', 1, '2026-03-08 00:00', 'ann bob cy dan') \g /dev/null
select results_eq($$ select * from pg_temp.rows('hourly', '2026-03-08 06:00Z', '2026-03-08 10:00Z') $$, array['03-08 06:00 ann layer:hourly', '03-08 07:00 bob layer:hourly', '03-08 08:00 dan layer:hourly', '03-08 09:00 ann layer:hourly'],
  'an hour that is skipped has no turn');
select is((select max(f.to_ts - f.from_ts) from alerting.final_schedule(:acme, pg_temp.schedule('hourly'), '2026-11-01 04:00Z', '2026-11-01 10:00Z') f), interval '2 hours', 'the hour that comes twice is one person''s');
select pg_temp.plan('monthly', 'Europe/London'), pg_temp.layer('monthly', 'monthly', 1, 'month', 1, '2026-01-31 10:00', 'dan bob') \g /dev/null
select results_eq($$ select * from pg_temp.rows('monthly', '2026-02-01Z', '2026-06-01Z') $$,
  array['02-01 00:00 dan layer:monthly', '02-28 10:00 bob layer:monthly', '03-31 09:00 dan layer:monthly', '04-30 09:00 bob layer:monthly', '05-31 09:00 dan layer:monthly'],
  'a month''s turn from the 31st begins on the last day of a shorter month, and on the 31st again');

-- Restrictions.
select pg_temp.plan('nights', 'Europe/London'), pg_temp.layer('nights', 'all', 1, 'week', 1, '2026-01-01 00:00', 'ann') as layer \gset
insert into alerting.layer_restriction (tenant_id, layer_id, restriction_no, weekdays, from_time, to_time) values (:acme, :layer, 1, '{5}', '22:00', '06:00'), (:acme, :layer, 2, '{7}', '00:00', '24:00');
select results_eq($$ select * from pg_temp.rows('nights', '2026-03-27Z', '2026-03-30Z') $$,
  array['03-27 00:00  gap', '03-27 22:00 ann layer:all', '03-28 06:00  gap', '03-29 00:00 ann layer:all', '03-29 23:00  gap'],
  'windows belong to the day on which they begin, go over midnight and follow the clocks');
update alerting.layer_restriction set weekdays = null, from_time = '18:00', to_time = '18:00' where layer_id = :layer and restriction_no = 1;
select results_eq($$ select * from pg_temp.rows('nights', '2026-03-27Z', '2026-03-30Z') $$, array['03-27 00:00 ann layer:all'], 'equal times are a whole day');

-- Coverage, fairness, handoffs.
select results_eq($$ select round(c.covered::numeric, 4), round(c.by_fallback::numeric, 4), c.gaps from alerting.coverage(pg_temp.tenant('acme'), pg_temp.schedule('ops'), '2026-01-05Z', '2026-01-06Z') c $$,
  $$ values (1.0, 0.3750, 0::bigint) $$, 'coverage: nine hours of twenty-four are the fallback''s');
select results_eq($$ select g.from_ts, g.to_ts, g.kind from alerting.coverage_gaps(pg_temp.tenant('acme'), pg_temp.schedule('monthly'), '2026-01-30Z', '2026-02-05Z') g $$,
  $$ values ('2026-01-30 00:00Z'::timestamptz, '2026-01-31 10:00Z'::timestamptz, 'gap') $$, 'and where there is nobody');
update alerting.person set time_zone = 'America/New_York' where tenant_id = :acme and name = 'bob';
select results_eq($$ select f.person, f.shifts, f.hours, f.night_hours, f.weekend_hours from alerting.fairness(pg_temp.tenant('acme'), pg_temp.schedule('chicago'), '2026-01-02 15:00Z', '2026-01-06 15:00Z') f order by 1 $$,
  $$ values ('ann', 2::bigint, 48::float8, 16::float8, 24::float8), ('bob', 2, 48, 16, 24) $$, 'fairness: in each person''s own nights and weekends');
select results_eq($$ select h.at, h.on_person_ids, h.off_person_ids, h.person_ids from alerting.due_handoffs(pg_temp.tenant('acme'), '2026-01-06 00:00Z', '2026-01-07 00:00Z') h where h.schedule_id = pg_temp.schedule('ops') $$,
  $$ values ('2026-01-07 00:00Z'::timestamptz, array[pg_temp.person('ann')], array[pg_temp.person('cy'), pg_temp.person('dan')], array[pg_temp.person('ann')]) $$, 'handoffs: after the beginning, up to and with the end');
select * from finish();
rollback;
