-- Vectors: what may be stored, merging of partial readings, picking of elements.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql

select plan(53);

-- valid_vector
select is(vigil.valid_vector(null), null, 'valid_vector: null for null');
select ok(vigil.valid_vector('{}'), 'valid_vector: no elements');
select ok(vigil.valid_vector('{1,-2.5,0}'), 'valid_vector: numbers');
select ok(vigil.valid_vector('{null,1,null}'), 'valid_vector: nulls');
select ok(vigil.valid_vector('{null}'), 'valid_vector: nothing but null');
select ok(vigil.valid_vector('{1e100,-1e100}'), 'valid_vector: largest magnitude');
select ok(not vigil.valid_vector('{1,1.0000000000000002e100}'), 'valid_vector: magnitude above');
select ok(not vigil.valid_vector('{NaN}'), 'valid_vector: nan');
select ok(not vigil.valid_vector('{1,null,NaN}'), 'valid_vector: nan beside a null');
select ok(not vigil.valid_vector('{Infinity}'), 'valid_vector: infinity');
select ok(not vigil.valid_vector('{null,-Infinity}'), 'valid_vector: negative infinity beside a null');
select ok(not vigil.valid_vector('{{1,2},{3,4}}'), 'valid_vector: two dimensions');
select ok(not vigil.valid_vector('[0:1]={1,2}'), 'valid_vector: subscripts from 0');
select ok(vigil.valid_vector(array_fill(1.0::float8, array[16384])), 'valid_vector: longest');
select ok(not vigil.valid_vector(array_fill(1.0::float8, array[16385])), 'valid_vector: too long');
select ok(not vigil.valid_vector(array_append(array_fill(1.0::float8, array[40]), 'NaN')), 'valid_vector: nan at the end of a long array');

-- merge_values
select is(vigil.merge_values('{1,2,3}', '{null,5}'), '{1,5,3}', 'merge_values: new values win, nulls do not');
select is(vigil.merge_values('{1}', '{null,null,4}'), '{1,NULL,4}', 'merge_values: new is longer');
select is(vigil.merge_values('{null,2}', '{null,null}'), '{NULL,2}', 'merge_values: null on both sides stays null');
select is(vigil.merge_values(null, '{1,null}'), '{1,NULL}', 'merge_values: null old is empty');
select is(vigil.merge_values('{1,null}', null), '{1,NULL}', 'merge_values: null new is empty');
select is(vigil.merge_values(null, null), '{}', 'merge_values: two nulls');
select is(vigil.merge_values('{}', '{}'), '{}', 'merge_values: two empty arrays');
select is(array_lower(vigil.merge_values('[5:6]={1,2}', null), 1), 1, 'merge_values: result counts from 1');
select is(
    vigil.merge_values(vigil.merge_values('{1,2,null}', '{null,7}'), '{null,null,null,9}'),
    vigil.merge_values('{1,2,null}', vigil.merge_values('{null,7}', '{null,null,null,9}')),
    'merge_values: associative'
);
select is(
    pg_temp.failure($$select vigil.merge_values('{1,2}', '{3,NaN}')$$),
    '22023 element 2 is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.',
    'merge_values: nan'
);
select is(
    pg_temp.failure($$select vigil.merge_values('{1,null,-Infinity}', null)$$),
    '22023 element 3 is out of range | Values must be finite with a magnitude of at most 1e100; use NULL for a missing one.',
    'merge_values: position of an infinity counts nulls'
);
select is(
    pg_temp.failure($$select vigil.merge_values('{{1,2}}', null)$$),
    '22023 array has 2 dimensions instead of 1 | Pass the values as an array of one dimension.',
    'merge_values: two dimensions'
);
select is(
    pg_temp.failure($$select vigil.merge_values(array_fill(1.0::float8, array[16385]), null)$$),
    '22023 vector has 16385 elements, more than 16384 | Split the metrics into profiles of at most 16384 elements.',
    'merge_values: too long'
);

-- gather
select is(vigil.gather('{10,20,30}', '{3,1}'), '{30,10}', 'gather: order of the positions');
select is(vigil.gather('{10,20}', '{1,1,1}'), '{10,10,10}', 'gather: repeats');
select is(vigil.gather('{10,null}', '{2,1}'), '{NULL,10}', 'gather: null stays null');
select is(vigil.gather('{10}', '{1,2,2147483647}'), '{10,NULL,NULL}', 'gather: past the end');
select is(vigil.gather('{10}', '{}'), '{}', 'gather: no positions');
select is(vigil.gather('{}', '{1}'), '{NULL}', 'gather: no values');
select is(vigil.gather(null, '{1}'), null, 'gather: null values');
select is(vigil.gather('{1}', null), null, 'gather: null positions');
select is(
    pg_temp.failure($$select vigil.gather('{10}', '{1,0}')$$),
    '22023 position 0 is out of range | Positions count from 1.',
    'gather: position 0'
);
select is(
    pg_temp.failure($$select vigil.gather('{10}', '{-2147483648}')$$),
    '22023 position -2147483648 is out of range | Positions count from 1.',
    'gather: negative position'
);
select is(
    pg_temp.failure($$select vigil.gather('{10}', '{1,null}')$$),
    '22023 position is null | Positions count from 1.',
    'gather: null position'
);
select is(
    pg_temp.failure($$select vigil.gather('{10}', array_fill(1, array[16385]))$$),
    '22023 vector has 16385 elements, more than 16384 | Split the metrics into profiles of at most 16384 elements.',
    'gather: too many positions'
);

-- metric_values
select is(vigil.metric_values('{"b": 2, "a": 1.5}', '{a,b}'), '{1.5,2}', 'metric_values: order of the names');
select is(vigil.metric_values('{"b": null, "a": 1}', '{a,b,c}'), '{1,NULL,NULL}', 'metric_values: null and absent are missing');
select is(vigil.metric_values('{}', '{a}'), '{NULL}', 'metric_values: an empty object');
select is(vigil.metric_values('{}', '{}'), '{}', 'metric_values: no names');
select is(vigil.metric_values('{"a": 0.1, "b": -1e100, "c": 123456789012345678}', '{a,b,c}'), '{0.1,-1e100,123456789012345678}', 'metric_values: as exact as a cast');
select is(vigil.metric_values('{"a": 1e-400}', '{a}'), '{0}', 'metric_values: a number too small for a double');
select is(
    (select array_agg(vigil.metric_values(metrics, '{a}')::text)
     from (values ('{"a": 1, "z": 2}'::jsonb), ('{"a": "1"}'), ('{"a": true}'), ('{"a": [1]}'), ('{"a": 1e101}'), ('{"a": 1e400}'), ('[1]'), ('1'), ('null')) as t (metrics)),
    array_fill(null::text, array[9]),
    'metric_values: null for what would lose something'
);
select is(vigil.metric_values(null, '{a}'), null, 'metric_values: null metrics');
select is(vigil.metric_values('{}', null), null, 'metric_values: null names');

-- Arrays come in several storage forms: short header, compressed, out of line, expanded in PL/pgSQL.
create temporary table stored (id int primary key, v float8[]) on commit drop;
insert into stored
values
    (1, '{1,2,3}'),
    (2, array_fill(7.0::float8, array[2000])),
    (3, (select array_agg(sqrt(n) order by n) from generate_series(1, 2000) as n)),
    (4, (select array_agg(case when n % 3 > 0 then sqrt(n) end order by n) from generate_series(1, 2000) as n));
select results_eq(
    'select id, vigil.gather(v, ''{2,3,1999,2000}'') from stored order by id',
    $$values
        (1, array[2, 3, null, null]::float8[]),
        (2, array[7, 7, 7, 7]),
        (3, array[sqrt(2), sqrt(3), sqrt(1999), sqrt(2000)]),
        (4, array[sqrt(2), null, sqrt(1999), sqrt(2000)])$$,
    'every storage form is read'
);
select results_eq(
    'select vigil.merge_values(v, null) from stored order by id',
    'select v from stored order by id',
    'every storage form is written back equal'
);
create function pg_temp.filled() returns float8[]
language plpgsql as $$
declare
    v float8[] := array_fill(0.0::float8, array[50]);
begin
    for i in 1 .. 50 loop
        v[i] := i;
        if vigil.gather(v, array[i, 50]) <> array[i, case when i < 50 then 0 else 50 end]::float8[] then
            raise exception 'wrong at %', i;
        end if;
    end loop;
    return vigil.gather(v, '{1,25,50}');
end
$$;
select is(pg_temp.filled(), '{1,25,50}', 'an expanded array that changes between calls');

select * from finish();
rollback;
