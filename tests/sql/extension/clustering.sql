-- Clusters: k-means and its models, DBSCAN; nulls, errors, cancelling.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;
\ir failure.psql

select plan(45);

-- Around three places, 30, 20 and 10 rows of them, in units that differ a million times.
create temporary table reading on commit drop as
select n, array[x + sin(n * 1.3), 1e6 * (y + cos(n * 2.1))]::float8[] as v, place
from (values (1, 0, 0, 30), (2, 10, 10, 20), (3, -10, 10, 10)) as p (place, x, y, size), generate_series(1, size) as n;
create temporary table model on commit drop as
select vigil.kmeans_agg(v, 3, '{"seed": 1}' order by place, n) as m from reading;

-- k-means
select is(array_agg(size order by cluster), '{30,20,10}', 'kmeans_centers: sizes, the largest first') from model cross join lateral vigil.kmeans_centers(m);
select is(array_agg(array[round(center[1]::numeric / 10), round(center[2]::numeric / 10e6)] order by cluster), '{{0,0},{1,1},{-1,1}}', 'kmeans_centers: centers')
from model cross join lateral vigil.kmeans_centers(m);
select is(count(*) filter (where vigil.kmeans_assign(m, v) <> place), 0::bigint, 'kmeans_assign') from reading, model;
select cmp_ok(max(vigil.kmeans_distance(m, v)), '<', 0.5::float8, 'kmeans_distance: rows of the clusters') from reading, model;
select cmp_ok(vigil.kmeans_distance(m, '{0,30e6}'), '>', 2::float8, 'kmeans_distance: a row between them') from model;
select is(vigil.kmeans_assign(m, '{-9,null}'), 3, 'kmeans_assign: what is missing is the mean') from model;
select is(vigil.kmeans_assign(m, '{null,null}'), null, 'kmeans_assign: nothing but nulls') from model;
select is(vigil.kmeans_distance(m, '{null,null}'), null, 'kmeans_distance: nothing but nulls') from model;
select is(array[vigil.kmeans_assign(null, '{1,2}'), vigil.kmeans_assign(m, null)], '{null,null}', 'kmeans_assign: null') from model;
select is(vigil.kmeans_distance(null, '{1,2}'), null, 'kmeans_distance: null');
select is(vigil.kmeans_info(null), null, 'kmeans_info: null');
select is((select count(*) from vigil.kmeans_centers(null)), 0::bigint, 'kmeans_centers: null');
select is(vigil.kmeans_info(m) - '{iterations,inertia}'::text[],
    '{"clusters": 3, "n_features": 2, "standardize": true, "seed": 1, "rows": 60, "sampled_rows": 60, "converged": true}', 'kmeans_info') from model;
select is(vigil.kmeans_agg(v, 3, '{"seed": 1}' order by place, n), m, 'kmeans_agg: the same rows and seed give the same bytes') from reading, model group by m;
select is(vigil.kmeans_info(vigil.kmeans_agg(v, 2, null)) ->> 'rows', '3', 'kmeans_agg: null rows are skipped, no options are defaults')
from (values ('{1}'::float8[]), (null), ('{2}'), ('{null}')) as t (v);
select is(array_agg(center order by cluster), '{{2},{102}}', 'kmeans_agg: centers are means')
from vigil.kmeans_centers((select vigil.kmeans_agg(array[x], 2, '{"standardize": false}') from unnest('{1,2,3,101,103}'::float8[]) as x));
select is(vigil.kmeans_distance(vigil.kmeans_agg(array[x], 2, '{"standardize": false}'), '{99}'), 3::float8, 'kmeans_distance: in the unit of the values')
from unnest('{1,2,3,101,103}'::float8[]) as x;
select is(pg_temp.failure('select vigil.kmeans_agg(v, 61, null) from reading'),
    '22023 61 clusters need as many different rows, got 60 | Ask for fewer clusters or take a longer period.', 'kmeans_agg: too few rows');
select is(pg_temp.failure('select vigil.kmeans_agg(v, 2, null) from reading where false'),
    '22023 there are no rows to cluster | Take a period that has readings.', 'kmeans_agg: no row');
select is(pg_temp.failure($$select vigil.kmeans_agg('{1,2}', 1, null) from generate_series(1, 9)$$),
    '22023 no feature varies in the training rows | Train on a longer period, or choose features that are not constant.', 'kmeans_agg: constants');
select is(pg_temp.failure('select vigil.kmeans_agg(v, 0, null) from reading'),
    '22023 k must be an integer from 1 to 1000 | Pass an integer from 1 to 1000 as k, or leave it out where it has a default.', 'kmeans_agg: k');
select is(left(pg_temp.failure('select vigil.kmeans_agg(v, null, null) from reading'), 41), '22023 k must be an integer from 1 to 1000', 'kmeans_agg: null k');
select is(pg_temp.failure('select vigil.kmeans_agg(v, n, null) from reading'),
    '22023 k differs between rows | Pass the same number of clusters for all rows.', 'kmeans_agg: k differs');
select is(pg_temp.failure($$select vigil.kmeans_agg(v, 2, '{"k": 3}') from reading$$),
    '22023 unknown option "k" | Options are standardize, n_init, max_iter, reservoir and seed.', 'kmeans_agg: unknown option');
select is(pg_temp.failure($$select vigil.kmeans_agg(v, 2, '{"standardize": 1}') from reading$$),
    '22023 option "standardize" must be true or false | Correct "standardize" or leave it out to use its default.', 'kmeans_agg: bad option');
select is(pg_temp.failure($$select vigil.kmeans_agg(v, 1, null) from (values ('{1,2}'::float8[]), ('{1}')) as t (v)$$),
    '22023 rows differ in length: 2 and 1 | Train on rows of one profile version; pad older rows with NULL.', 'kmeans_agg: lengths');
select is(pg_temp.failure($$select vigil.kmeans_agg(array_fill(1::float8, array[2000]), 1000, null)$$),
    '22023 1000 centres of 2000 features are too many | Ask for fewer clusters or choose the features that matter.', 'kmeans_agg: too many numbers');
select is(pg_temp.failure($$select vigil.kmeans_assign(m, '{1}') from model$$),
    '22023 model expects 2 features, got 1 | Score with the feature set that the model was trained on.', 'kmeans_assign: length');
select is(pg_temp.failure($$select vigil.kmeans_assign('\xdeadbeef', '{1}')$$),
    '22P03 kmeans model is damaged: too short | Use the bytes of a kmeans model exactly as they were returned; restore them from a copy or make them again.',
    'kmeans_assign: random bytes');

-- DBSCAN
create temporary table labelled on commit drop as
select vigil.dbscan_agg(v, 0.5, 4, true order by place, n) as labels, array_agg(place order by place, n) as places from reading;
select is(labels, places, 'dbscan_agg: the places') from labelled;
select is(vigil.dbscan_agg(array[x], 2, 4, false order by n), '{1,1,1,1,2,2,2,0,null,null}', 'dbscan_agg: borders, noise and nulls')
from unnest('{0,1,2,4,6,7,8,20,null}'::float8[]) with ordinality as t (x, n) full join (values (10)) as missing (n) using (n);
select is(vigil.dbscan_agg(v, 1, 1, true), null, 'dbscan_agg: no row') from reading where false;
select is(vigil.dbscan_agg(null, 1, 1, true), '{null}', 'dbscan_agg: nothing but nulls');
select results_eq(
    $$select position, cluster, is_core from vigil.dbscan('{{0},{1},{2},{4},{6},{7},{8},{20},{null}}', 2, 4, false)$$,
    $$values (1, 1, false), (2, 1, false), (3, 1, true), (4, 1, false), (5, 2, true), (6, 2, false), (7, 2, false), (8, 0, false), (9, null, null)$$,
    'dbscan: a row for each'
);
select is((select count(*) from vigil.dbscan('{}', 1)), 0::bigint, 'dbscan: empty');
select is((select count(*) from vigil.dbscan(null, 1)), 0::bigint, 'dbscan: null');
select is(
    (select array_agg(cluster order by position) from vigil.dbscan((select array_agg(v order by place, n) from reading), 0.5, 4)),
    (select labels from labelled), 'dbscan: as dbscan_agg'
);
select is(pg_temp.failure('select vigil.dbscan_agg(v, 0, 4, true) from reading'),
    '22023 eps must be a number above 0 and at most 1e100 | Pass a number above 0 and at most 1e100 as eps, or leave it out where it has a default.', 'dbscan_agg: eps');
select is(left(pg_temp.failure($$select * from vigil.dbscan('{{1}}', 'NaN')$$), 34), '22023 eps must be a number above 0', 'dbscan: eps');
select is(left(pg_temp.failure($$select * from vigil.dbscan('{{1}}', 1, 0)$$), 44), '22023 min_points must be an integer from 1 |', 'dbscan: min_points');
select is(pg_temp.failure('select vigil.dbscan_agg(v, 1, n, true) from reading'),
    '22023 eps, min_points or standardize differs between rows | Pass the same values for all rows.', 'dbscan_agg: parameters differ');
select is(pg_temp.failure('select vigil.dbscan_agg(v, 1, null, true) from reading'),
    '22023 eps, min_points or standardize is null | Pass a distance, a number of rows and true or false.', 'dbscan_agg: null parameter');
select is(pg_temp.failure('select vigil.dbscan_agg(array[n], 1, 1, true) from generate_series(1, 50001) as n'),
    '22023 at most 50000 rows of this length can be clustered | Cluster a random sample of the rows, for example with tablesample.', 'dbscan_agg: too many rows');

-- Both can be cancelled.
create function pg_temp.cancelled(statement text) returns text
language plpgsql as $$
begin
    execute statement;
    return 'not cancelled';
exception
    when query_canceled then
        return 'cancelled';
end
$$;
create temporary table many on commit drop as
select array_agg(sin(n * k * 0.37) order by k) as v from generate_series(1, 20000) as n, generate_series(1, 20) as k group by n;
set local statement_timeout = '300ms';
select is(pg_temp.cancelled($$select vigil.kmeans_agg(v, 100, '{"n_init": 10}') from many$$), 'cancelled', 'kmeans_agg stops at a statement timeout');
select is(pg_temp.cancelled('select vigil.dbscan_agg(v, 100, 5, true) from many'), 'cancelled', 'dbscan_agg stops at a statement timeout');
set local statement_timeout = 0;

select * from finish();
rollback;
