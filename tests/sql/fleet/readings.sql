-- What a reading may hold, and what writing one leaves behind.
begin;
select plan(25);
\ir ../support/refusal.psql
\ir ../support/names.psql

select ops.create_tenant('acme', 'Acme') \gset
select fleet.create_profile(pg_temp.tenant('acme'), 'probe', '["a", "b", "c"]') \gset
select fleet.open_stream(pg_temp.tenant('acme'), 'p-1', 'probe'), fleet.open_stream(pg_temp.tenant('acme'), 'p-2', 'probe') \gset

create function pg_temp.store(device text, ts timestamptz, "values" float8[]) returns void
language sql as $$
  insert into fleet.reading (tenant_id, stream_id, ts, values) values (pg_temp.tenant('acme'), pg_temp.stream('acme', $1), $2, $3)
$$;

select is(
  (select array_agg(distinct left(pg_temp.refusal(format($$select pg_temp.store('p-1', '2026-01-01', %L)$$, v)), 5) || ' ' || (
    pg_temp.refusal(format($$select pg_temp.store('p-1', '2026-01-01', %L)$$, v)) ~ 'reading_values_are_finite')::text)
    from unnest(array['{NaN}', '{1,NaN,2}', '{Infinity}', '{-Infinity,1}', '{1.1e100}', '{null,-1.1e100}']) v),
  '{"23514 true"}', 'NaN, infinities and magnitudes above 1e100 are refused');
select is(
  (select count(*) from unnest(array['{1e100}', '{-1e100,5e-324}', '{null}', '{1,null,2}', '{}', '{0,-0}']) v
    where pg_temp.refusal(format($$select pg_temp.store('p-1', '2026-01-01', %L)$$, v)) = 'accepted'), 6::bigint,
  'everything else is a reading, and null is not reported');
select matches(pg_temp.refusal($$select pg_temp.store('p-1', 'infinity', '{1}')$$), '^23514: .*reading_ts_is_finite', 'an infinite time is refused');
-- Before the CHECK is reached there is no chunk for it.
select matches(pg_temp.refusal($$select pg_temp.store('p-1', '-infinity', '{1}')$$), '^22008:', 'in either direction');
select matches(pg_temp.refusal($$insert into fleet.reading (tenant_id, stream_id, ts, values) values (pg_temp.tenant('acme'), 0, now(), '{1}')$$),
  '^23503:', 'a reading belongs to a stream');
select matches(pg_temp.refusal($$select pg_temp.store('p-1', '2026-01-01', '{1}'), pg_temp.store('p-1', '2026-01-01', '{2}')$$),
  '^23505:', 'a stream has one reading at an instant');
select is((select count(*) from fleet.reading_change where tenant_id = pg_temp.tenant('acme')), 0::bigint, 'what is refused is not logged');

-- The invalidation log: one row per stream and hour of a statement, from the first to the last instant in it.
insert into fleet.reading (tenant_id, stream_id, ts, values)
select pg_temp.tenant('acme'), pg_temp.stream('acme', d), ts, '{1,2,3}'
from (values
  ('p-1', '2026-01-01 10:59:59+00'::timestamptz), ('p-1', '2026-01-01 10:00:00+00'), ('p-1', '2026-01-01 10:30:00+00'),
  ('p-1', '2026-01-01 11:00:00+00'), ('p-1', '2026-03-01 10:15:00+00'), ('p-2', '2026-01-01 10:20:00+00')) as r (d, ts);
prepare log as
  select d.external_id, c.from_ts, c.to_ts
  from fleet.reading_change c join fleet.stream using (tenant_id, stream_id) join fleet.device d using (tenant_id, device_id)
  where c.tenant_id = pg_temp.tenant('acme') order by 1, 2;
select results_eq('log',
  $$values ('p-1', '2026-01-01 10:00:00+00'::timestamptz, '2026-01-01 10:59:59+00'::timestamptz),
    ('p-1', '2026-01-01 11:00:00+00', '2026-01-01 11:00:00+00'),
    ('p-1', '2026-03-01 10:15:00+00', '2026-03-01 10:15:00+00'),
    ('p-2', '2026-01-01 10:20:00+00', '2026-01-01 10:20:00+00')$$,
  'an insert is logged by stream and hour');

delete from fleet.reading_change;
update fleet.reading set values = '{1,2,4}'
where tenant_id = pg_temp.tenant('acme') and stream_id = pg_temp.stream('acme', 'p-2') and ts = '2026-01-01 10:20:00+00';
select results_eq('log', $$values ('p-2', '2026-01-01 10:20:00+00'::timestamptz, '2026-01-01 10:20:00+00'::timestamptz)$$, 'an update is logged');

delete from fleet.reading_change;
insert into fleet.reading (tenant_id, stream_id, ts, values)
values (pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-1'), '2026-01-01 11:00:00+00', '{9}'),
  (pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-1'), '2026-01-01 11:00:01+00', '{9}')
on conflict do nothing;
select results_eq('log', $$values ('p-1', '2026-01-01 11:00:01+00'::timestamptz, '2026-01-01 11:00:01+00'::timestamptz)$$,
  'what an insert passed over is not');

delete from fleet.reading_change;
update fleet.reading set values = '{1}' where tenant_id = pg_temp.tenant('acme') and ts = '1999-01-01';
select is_empty('log', 'a statement that changes nothing leaves nothing');

-- The newest value of each metric, with its own time.
create function pg_temp.newest(device text, out "values" float8[], out seen timestamptz[], out ts timestamptz)
language sql as $$
  select l.values, l.seen, l.ts from fleet.latest l
  where l.tenant_id = pg_temp.tenant('acme') and l.stream_id = pg_temp.stream('acme', $1)
$$;
select is(n, row('{1,2,3}'::float8[], array_fill('2026-03-01 10:15+00'::timestamptz, '{3}'), '2026-03-01 10:15+00'::timestamptz)::record,
  'latest is the newest reading') from pg_temp.newest('p-1') n;
select pg_temp.store('p-1', '2026-03-01 10:16+00', '{null,20,null}') \gset
select is(n, row('{1,20,3}'::float8[], '{2026-03-01 10:15+00,2026-03-01 10:16+00,2026-03-01 10:15+00}'::timestamptz[], '2026-03-01 10:16+00'::timestamptz)::record,
  'a metric that a newer reading does not report keeps its value and time') from pg_temp.newest('p-1') n;
select pg_temp.store('p-1', '2026-03-01 10:15:30+00', '{100,200,null}') \gset
select is(n, row('{100,20,3}'::float8[], '{2026-03-01 10:15:30+00,2026-03-01 10:16+00,2026-03-01 10:15+00}'::timestamptz[], '2026-03-01 10:16+00'::timestamptz)::record,
  'a late reading fills in only what is older') from pg_temp.newest('p-1') n;
select pg_temp.store('p-1', '2026-02-01', '{-1,-1,-1}') \gset
select is(n, row('{100,20,3}'::float8[], '{2026-03-01 10:15:30+00,2026-03-01 10:16+00,2026-03-01 10:15+00}'::timestamptz[], '2026-03-01 10:16+00'::timestamptz)::record,
  'a reading older than all changes nothing') from pg_temp.newest('p-1') n;
update fleet.reading set values = '{null,21,31}'
where tenant_id = pg_temp.tenant('acme') and stream_id = pg_temp.stream('acme', 'p-1') and ts = '2026-03-01 10:16+00';
select is(n.values, '{100,21,31}', 'a correction of the newest reading shows') from pg_temp.newest('p-1') n;

-- Profiles grow, so vectors of one stream differ in length.
select pg_temp.store('p-2', '2026-01-02', '{1,2,3,4,5}'), pg_temp.store('p-2', '2026-01-03', '{10}') \gset
select is(n, row('{10,2,3,4,5}'::float8[], '{2026-01-03,2026-01-02,2026-01-02,2026-01-02,2026-01-02}'::timestamptz[], '2026-01-03'::timestamptz)::record,
  'a newer, shorter reading keeps the longer one''s tail') from pg_temp.newest('p-2') n;
select pg_temp.store('p-2', '2026-01-02 12:00', '{0,0,0,0,0,60}') \gset
select is(n.values, '{10,0,0,0,0,60}', 'an older, longer one adds what was never seen') from pg_temp.newest('p-2') n;
select is(cardinality(n.seen), cardinality(n.values), 'each with a time') from pg_temp.newest('p-2') n;
select pg_temp.store('p-2', '2026-01-04', '{11,null,null,null,null,61,null,71}') \gset
select is(n.values, '{11,0,0,0,0,61,null,71}', 'a metric that was never reported is null') from pg_temp.newest('p-2') n;
select is(n.seen[7], null, 'and has no time') from pg_temp.newest('p-2') n;
insert into fleet.reading (tenant_id, stream_id, ts, values)
select pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-2'), ts, v
from (values ('2026-02-01'::timestamptz, '{1,2,3,4,5,6,7,8,9}'::float8[]), ('2026-02-02', '{21,22}')) as r (ts, v);
select is(n.values, '{21,22,3,4,5,6,7,8,9}', 'readings of different length may come in one statement') from pg_temp.newest('p-2') n;

-- Many streams and several readings of each in one statement.
select count(fleet.open_stream(pg_temp.tenant('acme'), 'm-' || i, 'probe')) from generate_series(1, 40) i \gset
insert into fleet.reading (tenant_id, stream_id, ts, values)
select pg_temp.tenant('acme'), pg_temp.stream('acme', 'm-' || i), '2026-01-01'::timestamptz + (j * 7 % 10) * interval '1 minute', array[i, j * 7 % 10, null]
from generate_series(1, 40) i, generate_series(0, 9) j;
select is(
  (select count(*) from generate_series(1, 40) i cross join lateral pg_temp.newest('m-' || i) n
    where n.values[1:2] = array[i, 9]::float8[] and n.values[3] is null and n.ts = '2026-01-01 00:09'), 40::bigint,
  'each stream of a statement keeps its own newest values');

-- Leaving.
delete from fleet.device where tenant_id = pg_temp.tenant('acme') and external_id = 'm-1';
select is((select count(*) from fleet.reading where tenant_id = pg_temp.tenant('acme') and values[1] = 1 and values[2] = 9 and ts = '2026-01-01 00:09'), 0::bigint,
  'the readings of a device leave with it');
select is((select count(*) from fleet.reading where tenant_id = pg_temp.tenant('acme') and values[1] = 2), 10::bigint, 'and no others');

select * from finish();
rollback;
