-- Parquet files as values: what goes in comes out; nulls, errors, limits.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql

select plan(37);

create temporary table contract on commit drop as
select '{"profile": "soti", "sha256": "00ff", "weight": 1.10, "metrics": [{"name": "battery", "unit": "%"}, {"name": "ts"}, {"name": "free"}]}'::jsonb as contract;
create temporary table reading on commit drop as
select s as stream_id, format('scanner %s', s) as device, timestamptz '2024-01-01' + m * interval '1 min' as ts,
    (array[m % 100, sin(m), null])[: m % 4]::float8[] as values
from generate_series(1, 20) as s, generate_series(0, 999) as m;
insert into reading values
    (-2147483648, '', '4714-11-24 00:00:00+00 bc', '{}'),
    (2147483647, repeat('ü', 1000), '294246-12-31 23:59:59.999999+00', '{-0,5e-324,-1e100}'),
    (0, E'tab\t and \x01', '2024-01-01 00:00:00.000001+00', '{null,null,null}');
create temporary table file on commit drop as
select vigil.parquet_agg(stream_id, device, ts, values, contract order by stream_id, ts) as file from reading, contract;

select is(substr(file, 1, 4), 'PAR1', 'it is a Parquet file') from file;
select is(substr(file, length(file) - 3), 'PAR1', 'and ends as one') from file;
select cmp_ok(length(file), '<', 200000, 'it is small') from file;
select results_eq(
    'select r.stream_id, r.device, r.ts, r.values::text, array_dims(r.values) from file cross join lateral vigil.parquet_rows(file) as r',
    'select stream_id, device, ts, values::text, array_dims(values) from reading order by stream_id, ts',
    'the rows come back, in their order'
);
select is(count(*), 0::bigint, 'to the last bit')
from (select r.stream_id, r.device, r.ts, array(select float8send(v) from unnest(r.values) as v) from file cross join lateral vigil.parquet_rows(file) as r
    except all select stream_id, device, ts, array(select float8send(v) from unnest(values) as v) from reading) as d;
select is((rows, row_groups, points), (20003::bigint, 1, 25003::bigint), 'info: rows, row groups, points')
from file cross join lateral vigil.parquet_info(file);
select is(points, (select count(*) from reading, unnest(values) as v where v is not null), 'info: points are values that are not null')
from file cross join lateral vigil.parquet_info(file);
select is((from_ts, to_ts), (timestamptz '4714-11-24 00:00:00+00 bc', timestamptz '294246-12-31 23:59:59.999999+00'), 'info: times')
from file cross join lateral vigil.parquet_info(file);
select is(i.contract::text, c.contract::text, 'info: the contract, numbers as they were written')
from contract as c, file cross join lateral vigil.parquet_info(file) as i;
select is((select vigil.parquet_agg(stream_id, device, ts, values, contract order by stream_id, ts) from reading, contract), file, 'the same rows give the same bytes') from file;
select is((select array_agg(r.stream_id order by n) from vigil.parquet_rows((select vigil.parquet_agg(s, 'd', now(), '{}', '{"metrics": []}' order by s desc) from generate_series(1, 3) as s))
    with ordinality as r (stream_id, device, ts, values, n)), '{3,2,1}', 'rows are in the order in which they came; no metrics at all');

-- Nothing
select is((select vigil.parquet_agg(stream_id, device, ts, values, contract) from reading, contract where false), null, 'no rows');
select is_empty('select * from vigil.parquet_rows(null)', 'rows of null');
select is_empty('select * from vigil.parquet_info(null)', 'info of null');

-- Rows that cannot be kept
create function pg_temp.agg(arguments text) returns text
language sql as $$ select pg_temp.failure(format('select vigil.parquet_agg(%s)', arguments)) $$;
select is(pg_temp.agg(format(arguments, '{"metrics": [{"name": "a"}]}')),
    format('22023 %s is null | Every row of a file has a stream, a device, a time, values and a contract.', column_name), format('null %s', column_name))
from (values ('stream_id', $$null, 'd', now(), '{1}', '%s'$$), ('device', $$1, null, now(), '{1}', '%s'$$), ('ts', $$1, 'd', null, '{1}', '%s'$$),
    ('values', $$1, 'd', now(), null, '%s'$$), ('contract', $$1, 'd', now(), '{1}', null$$)) as t (column_name, arguments);
select is(pg_temp.agg($$1, 'd', 'infinity', '{1}', '{"metrics": [{"name": "a"}]}'$$),
    '22023 timestamp is infinite | Leave out rows without a real time.', 'infinite time');
select is(pg_temp.agg($$1, 'd', '294276-12-31 23:59:59+00', '{1}', '{"metrics": [{"name": "a"}]}'$$),
    '22023 timestamp is out of range | Parquet has times up to the year 294246.', 'a time that Parquet has not');
select is(pg_temp.agg($$1, 'd', now(), '{1,2}', '{"metrics": [{"name": "a"}]}'$$),
    '22023 row has 2 values, its contract 1 metrics | Pass the contract of the profile that the rows belong to, in its newest version.', 'more values than metrics');
select is(pg_temp.agg($$1, 'd', now(), '{NaN}', '{"metrics": [{"name": "a"}]}'$$),
    '22023 element 1 is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.', 'not a number');
select is(pg_temp.agg($$1, 'd', now(), '[0:1]={1,2}', '{"metrics": [{"name": "a"}, {"name": "b"}]}'$$),
    '22023 array does not start at subscript 1 | Pass an array with subscripts from 1, as array[…] makes them.', 'subscripts that would not come back');
select is(left(pg_temp.agg($$1, 'd', now(), '{{1,2},{3,4}}', '{"metrics": [{"name": "a"}]}'$$), 5), '22023', 'a matrix');

-- Contracts
select is(pg_temp.agg(format($$1, 'd', now(), '{}', %L$$, contract)),
    format('22023 contract %s | Pass the same object for all rows, such as {"metrics": [{"name": "battery_level"}, {"name": "temperature"}]}.', problem), problem)
from (values ('[]', 'is no object'), ('{}', 'has no list of metrics'), ('{"metrics": [{"unit": "%"}]}', 'has a metric without a name'),
    ('{"metrics": [{"name": ""}]}', 'has a metric without a name'), ('{"metrics": [{"name": "a"}, {"name": "a"}]}', 'names a metric twice')) as t (contract, problem);
select is(pg_temp.failure($$select vigil.parquet_agg(n, 'd', now(), '{}', jsonb_build_object('metrics', '[]'::jsonb, 'version', n)) from generate_series(1, 2) as n$$),
    '22023 contract differs between rows | Pass the same object for all rows, such as {"metrics": [{"name": "battery_level"}, {"name": "temperature"}]}.', 'another contract');

-- Bytes
select is(pg_temp.failure($$select * from vigil.parquet_rows('\x')$$),
    '22P03 parquet file is damaged: it does not begin and end as one | Use the bytes of a parquet file exactly as they were returned; restore them from a copy or make them again.', 'no bytes');
select is(count(*) filter (where pg_temp.failure(format('select count(*) from vigil.%s(%L)', reader, set_byte(file, at, get_byte(file, at) # 16))) !~ '^22P03 '), 0::bigint,
    reader || ': a flipped bit anywhere')
from file, unnest('{parquet_rows,parquet_info}'::text[]) as reader, generate_series(0, length(file) - 1, 997) as at group by reader;
select is(count(*) filter (where pg_temp.failure(format('select count(*) from vigil.parquet_rows(%L)', substr(file, 1, at))) !~ '^22P03 '), 0::bigint,
    'a cut anywhere')
from file, generate_series(0, length(file) - 1, 1999) as at;

-- Not a window, not by parts
select is(left(pg_temp.failure($$select vigil.parquet_agg(n, 'd', now(), '{}', '{"metrics": []}') over (order by n) from generate_series(1, 2) as n$$), 5), '0A000', 'no window');
select is(left(pg_temp.failure($$select vigil.parquet_agg_trans(null, 1, 'd', now(), '{}', '{"metrics": []}')$$), 5), '42883', 'its parts cannot be called');

select * from finish();
rollback;
