-- What the extension consists of, and what holds for all of it.
begin;
set local client_min_messages = warning;
create extension if not exists vigil;
create extension if not exists pgtap;

select plan(21);

create temporary view member as
select d.classid, d.objid, i.type, i.identity
from pg_depend as d
join pg_extension as e on e.oid = d.refobjid
cross join lateral pg_identify_object(d.classid, d.objid, 0) as i
where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e' and e.extname = 'vigil';

select set_eq(
    'select type || '' '' || identity from member',
    array[
        'aggregate vigil.chi2_test(pg_catalog.text,boolean)',
        'aggregate vigil.covariance_agg(double precision[])',
        'aggregate vigil.dbscan_agg(double precision[],double precision,integer,boolean)',
        'aggregate vigil.detector_agg(double precision[],pg_catalog.jsonb)',
        'aggregate vigil.detector_agg(timestamp with time zone,double precision[],pg_catalog.jsonb)',
        'aggregate vigil.distribution_agg(double precision)',
        'aggregate vigil.ewma(double precision,double precision)',
        'aggregate vigil.forest_agg(double precision[],double precision,pg_catalog.jsonb)',
        'aggregate vigil.forest_agg(double precision[],pg_catalog.jsonb)',
        'aggregate vigil.iqr_outlier(double precision)',
        'aggregate vigil.js_divergence(double precision,boolean,integer)',
        'aggregate vigil.kmeans_agg(double precision[],integer,pg_catalog.jsonb)',
        'aggregate vigil.ks_test(double precision,boolean)',
        'aggregate vigil.mann_kendall(timestamp with time zone,double precision)',
        'aggregate vigil.mann_kendall_hamed_rao(timestamp with time zone,double precision)',
        'aggregate vigil.mann_kendall_seasonal(timestamp with time zone,double precision,integer)',
        'aggregate vigil.parquet_agg(integer,pg_catalog.text,timestamp with time zone,double precision[],pg_catalog.jsonb)',
        'aggregate vigil.psi(double precision,boolean,integer)',
        'aggregate vigil.robust_z(double precision)',
        'aggregate vigil.rollup(vigil.covariance)',
        'aggregate vigil.rollup(vigil.distribution)',
        'aggregate vigil.rollup(vigil.seasonal)',
        'aggregate vigil.rollup(vigil.stats)',
        'aggregate vigil.rollup(vigil.trend)',
        'aggregate vigil.seasonal_agg(timestamp with time zone,double precision)',
        'aggregate vigil.seasonal_agg(timestamp with time zone,double precision,pg_catalog.text)',
        'aggregate vigil.stats_agg(timestamp with time zone,double precision[])',
        'aggregate vigil.theil_sen(timestamp with time zone,double precision)',
        'aggregate vigil.trend_agg(timestamp with time zone,double precision)',
        'aggregate vigil.wasserstein(double precision,boolean)',
        'aggregate vigil.zscore(double precision)',
        'function vigil.acf(double precision[],integer)',
        'function vigil.anomaly_score(pg_catalog.bytea,double precision[])',
        'function vigil.anomaly_scores(pg_catalog.bytea,double precision[])',
        'function vigil.average(vigil.stats)',
        'function vigil.baseline(double precision[])',
        'function vigil.benjamini_hochberg(double precision[])',
        'function vigil.change_points(double precision[],double precision,integer)',
        'function vigil.chi2_contingency(double precision[],boolean)',
        'function vigil.chi2_gof(double precision[],double precision[])',
        'function vigil.chi2_test(double precision[],double precision[])',
        'function vigil.chi2_test_combine(pg_catalog.internal,pg_catalog.internal)',
        'function vigil.chi2_test_deserialize(pg_catalog.bytea,pg_catalog.internal)',
        'function vigil.chi2_test_final(pg_catalog.internal)',
        'function vigil.chi2_test_serialize(pg_catalog.internal)',
        'function vigil.chi2_test_trans(pg_catalog.internal,pg_catalog.text,boolean)',
        'function vigil.correlation_changes(vigil.covariance,vigil.covariance)',
        'function vigil.covariance_agg_combine(pg_catalog.internal,pg_catalog.internal)',
        'function vigil.covariance_agg_deserialize(pg_catalog.bytea,pg_catalog.internal)',
        'function vigil.covariance_agg_final(pg_catalog.internal)',
        'function vigil.covariance_agg_serialize(pg_catalog.internal)',
        'function vigil.covariance_agg_trans(pg_catalog.internal,double precision[])',
        'function vigil.covariance_in(pg_catalog.cstring)',
        'function vigil.covariance_out(vigil.covariance)',
        'function vigil.covariance_recv(pg_catalog.internal)',
        'function vigil.covariance_rollup_trans(pg_catalog.internal,vigil.covariance)',
        'function vigil.covariance_send(vigil.covariance)',
        'function vigil.cusum_chart(double precision[],double precision,double precision,double precision,double precision)',
        'function vigil.dbscan(double precision[],double precision,integer,boolean)',
        'function vigil.dbscan_agg_final(pg_catalog.internal)',
        'function vigil.dbscan_agg_trans(pg_catalog.internal,double precision[],double precision,integer,boolean)',
        'function vigil.delta(vigil.stats)',
        'function vigil.detector_agg_final(pg_catalog.internal)',
        'function vigil.detector_history_trans(pg_catalog.internal,timestamp with time zone,double precision[],pg_catalog.jsonb)',
        'function vigil.detector_table_trans(pg_catalog.internal,double precision[],pg_catalog.jsonb)',
        'function vigil.distribution_agg_combine(pg_catalog.internal,pg_catalog.internal)',
        'function vigil.distribution_agg_deserialize(pg_catalog.bytea,pg_catalog.internal)',
        'function vigil.distribution_agg_final(pg_catalog.internal)',
        'function vigil.distribution_agg_serialize(pg_catalog.internal)',
        'function vigil.distribution_agg_trans(pg_catalog.internal,double precision)',
        'function vigil.distribution_in(pg_catalog.cstring)',
        'function vigil.distribution_out(vigil.distribution)',
        'function vigil.distribution_recv(pg_catalog.internal)',
        'function vigil.distribution_rollup_trans(pg_catalog.internal,vigil.distribution)',
        'function vigil.distribution_send(vigil.distribution)',
        'function vigil.ewma_chart(double precision[],double precision,double precision,double precision,double precision)',
        'function vigil.ewma_trans(double precision,double precision,double precision)',
        'function vigil.expected(vigil.seasonal,timestamp with time zone)',
        'function vigil.explain(pg_catalog.bytea,double precision[])',
        'function vigil.features(vigil.stats,pg_catalog.text[],integer[],interval)',
        'function vigil.first_val(vigil.stats)',
        'function vigil.forecast(double precision[],integer,pg_catalog.jsonb)',
        'function vigil.forest_agg_final(pg_catalog.internal)',
        'function vigil.forest_agg_trans(pg_catalog.internal,double precision[],pg_catalog.jsonb)',
        'function vigil.forest_agg_weighted_trans(pg_catalog.internal,double precision[],double precision,pg_catalog.jsonb)',
        'function vigil.forest_info(pg_catalog.bytea)',
        'function vigil.gather(double precision[],integer[])',
        'function vigil.individuals_chart(double precision[],double precision,double precision)',
        'function vigil.intercept(vigil.trend,timestamp with time zone)',
        'function vigil.iqr_outlier(double precision,double precision[],double precision)',
        'function vigil.iqr_outlier_final(pg_catalog.internal)',
        'function vigil.is_anomaly(pg_catalog.bytea,double precision[])',
        'function vigil.jensen_shannon(double precision[],double precision[])',
        'function vigil.js_divergence(double precision[],double precision[],integer)',
        'function vigil.js_divergence(vigil.distribution,vigil.distribution,integer)',
        'function vigil.js_divergence_final(pg_catalog.internal)',
        'function vigil.kmeans_agg_final(pg_catalog.internal)',
        'function vigil.kmeans_agg_trans(pg_catalog.internal,double precision[],integer,pg_catalog.jsonb)',
        'function vigil.kmeans_assign(pg_catalog.bytea,double precision[])',
        'function vigil.kmeans_centers(pg_catalog.bytea)',
        'function vigil.kmeans_distance(pg_catalog.bytea,double precision[])',
        'function vigil.kmeans_info(pg_catalog.bytea)',
        'function vigil.ks_test(double precision[],double precision[])',
        'function vigil.ks_test(vigil.distribution,vigil.distribution)',
        'function vigil.ks_test_combine(pg_catalog.internal,pg_catalog.internal)',
        'function vigil.ks_test_deserialize(pg_catalog.bytea,pg_catalog.internal)',
        'function vigil.ks_test_final(pg_catalog.internal)',
        'function vigil.ks_test_serialize(pg_catalog.internal)',
        'function vigil.ks_test_trans(pg_catalog.internal,double precision,boolean)',
        'function vigil.last_val(vigil.stats)',
        'function vigil.ljung_box(double precision[],integer)',
        'function vigil.mahalanobis(pg_catalog.bytea,double precision[])',
        'function vigil.mahalanobis_model(vigil.covariance)',
        'function vigil.mann_kendall(double precision[])',
        'function vigil.mann_kendall_final(pg_catalog.internal)',
        'function vigil.mann_kendall_hamed_rao(double precision[],integer,double precision)',
        'function vigil.mann_kendall_hamed_rao_final(pg_catalog.internal)',
        'function vigil.mann_kendall_seasonal(double precision[],integer)',
        'function vigil.mann_kendall_seasonal_final(pg_catalog.internal)',
        'function vigil.max_val(vigil.stats)',
        'function vigil.merge_values(double precision[],double precision[])',
        'function vigil.metric_values(pg_catalog.jsonb,pg_catalog.text[])',
        'function vigil.min_val(vigil.stats)',
        'function vigil.nelson_rules(double precision[],double precision,double precision)',
        'function vigil.num_vals(vigil.covariance)',
        'function vigil.num_vals(vigil.distribution)',
        'function vigil.num_vals(vigil.seasonal)',
        'function vigil.num_vals(vigil.stats)',
        'function vigil.num_vals(vigil.trend)',
        'function vigil.p_value(vigil.trend)',
        'function vigil.pacf(double precision[],integer)',
        'function vigil.parquet_agg_final(pg_catalog.internal)',
        'function vigil.parquet_agg_trans(pg_catalog.internal,integer,pg_catalog.text,timestamp with time zone,double precision[],pg_catalog.jsonb)',
        'function vigil.parquet_info(pg_catalog.bytea)',
        'function vigil.parquet_rows(pg_catalog.bytea)',
        'function vigil.pca_error(pg_catalog.bytea,double precision[])',
        'function vigil.pca_explained(pg_catalog.bytea)',
        'function vigil.pca_model(vigil.covariance,integer)',
        'function vigil.psi(double precision[],double precision[],integer)',
        'function vigil.psi(vigil.distribution,vigil.distribution,integer)',
        'function vigil.psi_combine(pg_catalog.internal,pg_catalog.internal)',
        'function vigil.psi_deserialize(pg_catalog.bytea,pg_catalog.internal)',
        'function vigil.psi_final(pg_catalog.internal)',
        'function vigil.psi_serialize(pg_catalog.internal)',
        'function vigil.psi_trans(pg_catalog.internal,double precision,boolean,integer)',
        'function vigil.quantile(double precision[],double precision,integer)',
        'function vigil.quantile(vigil.distribution,double precision)',
        'function vigil.r_squared(vigil.trend)',
        'function vigil.ranked_inverse(pg_catalog.internal,double precision)',
        'function vigil.ranked_trans(pg_catalog.internal,double precision)',
        'function vigil.relative_error(vigil.distribution)',
        'function vigil.robust_z(double precision,double precision[])',
        'function vigil.robust_z_final(pg_catalog.internal)',
        'function vigil.seasonal_agg_combine(pg_catalog.internal,pg_catalog.internal)',
        'function vigil.seasonal_agg_deserialize(pg_catalog.bytea,pg_catalog.internal)',
        'function vigil.seasonal_agg_final(pg_catalog.internal)',
        'function vigil.seasonal_agg_serialize(pg_catalog.internal)',
        'function vigil.seasonal_agg_trans(pg_catalog.internal,timestamp with time zone,double precision)',
        'function vigil.seasonal_agg_trans(pg_catalog.internal,timestamp with time zone,double precision,pg_catalog.text)',
        'function vigil.seasonal_in(pg_catalog.cstring)',
        'function vigil.seasonal_out(vigil.seasonal)',
        'function vigil.seasonal_recv(pg_catalog.internal)',
        'function vigil.seasonal_rollup_trans(pg_catalog.internal,vigil.seasonal)',
        'function vigil.seasonal_send(vigil.seasonal)',
        'function vigil.series_combine(pg_catalog.internal,pg_catalog.internal)',
        'function vigil.series_deserialize(pg_catalog.bytea,pg_catalog.internal)',
        'function vigil.series_serialize(pg_catalog.internal)',
        'function vigil.series_trans(pg_catalog.internal,timestamp with time zone,double precision)',
        'function vigil.series_trans(pg_catalog.internal,timestamp with time zone,double precision,integer)',
        'function vigil.slope(vigil.stats)',
        'function vigil.slope(vigil.trend)',
        'function vigil.slope_interval(vigil.trend,double precision)',
        'function vigil.spread(vigil.seasonal,timestamp with time zone)',
        'function vigil.stats_agg_combine(pg_catalog.internal,pg_catalog.internal)',
        'function vigil.stats_agg_deserialize(pg_catalog.bytea,pg_catalog.internal)',
        'function vigil.stats_agg_final(pg_catalog.internal)',
        'function vigil.stats_agg_serialize(pg_catalog.internal)',
        'function vigil.stats_agg_trans(pg_catalog.internal,timestamp with time zone,double precision[])',
        'function vigil.stats_in(pg_catalog.cstring)',
        'function vigil.stats_out(vigil.stats)',
        'function vigil.stats_recv(pg_catalog.internal)',
        'function vigil.stats_rollup_trans(pg_catalog.internal,vigil.stats)',
        'function vigil.stats_send(vigil.stats)',
        'function vigil.stddev(vigil.stats)',
        'function vigil.stderr(vigil.trend)',
        'function vigil.theil_sen(double precision[],double precision[],double precision)',
        'function vigil.theil_sen_final(pg_catalog.internal)',
        'function vigil.time_range(vigil.stats)',
        'function vigil.trend_agg_combine(pg_catalog.internal,pg_catalog.internal)',
        'function vigil.trend_agg_deserialize(pg_catalog.bytea,pg_catalog.internal)',
        'function vigil.trend_agg_final(pg_catalog.internal)',
        'function vigil.trend_agg_serialize(pg_catalog.internal)',
        'function vigil.trend_agg_trans(pg_catalog.internal,timestamp with time zone,double precision)',
        'function vigil.trend_in(pg_catalog.cstring)',
        'function vigil.trend_out(vigil.trend)',
        'function vigil.trend_recv(pg_catalog.internal)',
        'function vigil.trend_rollup_trans(pg_catalog.internal,vigil.trend)',
        'function vigil.trend_send(vigil.trend)',
        'function vigil.typical_range(pg_catalog.bytea)',
        'function vigil.valid_vector(double precision[])',
        'function vigil.wasserstein(double precision[],double precision[])',
        'function vigil.wasserstein(vigil.distribution,vigil.distribution)',
        'function vigil.wasserstein_final(pg_catalog.internal)',
        'function vigil.western_electric_rules(double precision[],double precision,double precision)',
        'function vigil.zscore(double precision,double precision[])',
        'function vigil.zscore(vigil.seasonal,timestamp with time zone,double precision)',
        'function vigil.zscore_final(pg_catalog.internal)',
        'function vigil.zscore_moving_final(pg_catalog.internal)',
        'function vigil.zscore_moving_inverse(pg_catalog.internal,double precision)',
        'function vigil.zscore_moving_trans(pg_catalog.internal,double precision)',
        'function vigil.zscore_trans(pg_catalog.internal,double precision)',
        'type vigil.baseline_result',
        'type vigil.baseline_result[]',
        'type vigil.chi2_result',
        'type vigil.chi2_result[]',
        'type vigil.covariance',
        'type vigil.covariance[]',
        'type vigil.distribution',
        'type vigil.distribution[]',
        'type vigil.functions',
        'type vigil.functions[]',
        'type vigil.ks_result',
        'type vigil.ks_result[]',
        'type vigil.ljung_box_result',
        'type vigil.ljung_box_result[]',
        'type vigil.mann_kendall_result',
        'type vigil.mann_kendall_result[]',
        'type vigil.seasonal',
        'type vigil.seasonal[]',
        'type vigil.stats',
        'type vigil.stats[]',
        'type vigil.theil_sen_result',
        'type vigil.theil_sen_result[]',
        'type vigil.trend',
        'type vigil.trend[]',
        'view vigil.functions'
    ],
    'the objects of the extension'
);

select is_empty(
    $$select identity from member
    where type || right(identity, 2) <> 'type[]' and (type, identity) <> ('type', 'vigil.functions') and coalesce(length(obj_description(objid, (select relname from pg_class where oid = classid))), 0) < 20$$,
    'every object has a comment'
);
select is_empty(
    $$select a.attname from pg_attribute as a join pg_type as t on t.typrelid = a.attrelid
    where t.typnamespace = 'vigil'::regnamespace and t.typtype = 'c' and col_description(a.attrelid, a.attnum) is null$$,
    'every column of a composite type has a comment'
);
select isnt(obj_description('vigil'::regnamespace, 'pg_namespace'), null, 'the schema has a comment');
select is_empty(
    $$select p.oid::regprocedure from pg_proc as p join member as m on m.objid = p.oid and m.classid = 'pg_proc'::regclass
    where p.provolatile <> 'i' or p.proparallel <> 's' or p.prosecdef or p.proconfig is not null or p.pronamespace <> 'vigil'::regnamespace$$,
    'every function is immutable, parallel safe, without settings, and in schema vigil'
);
-- Strict by decision: those that are not give NULL arguments a meaning.
select set_eq(
    $$select p.proname from pg_proc as p where p.pronamespace = 'vigil'::regnamespace and not p.proisstrict and p.prokind = 'f'$$,
    $$select name || '_' || part from unnest('{stats_agg,trend_agg,distribution_agg,covariance_agg,ks_test,psi,chi2_test,seasonal_agg}'::text[]) as name, unnest('{trans,combine,final}'::text[]) as part
    union all
    select unnest('{merge_values,stats_rollup_trans,trend_rollup_trans,forest_agg_trans,forest_agg_weighted_trans,forest_agg_final,detector_table_trans,detector_history_trans,detector_agg_final,ewma_trans}'::text[])
    union all
    select unnest('{seasonal_agg_trans,seasonal_rollup_trans,zscore_trans,zscore_final,zscore_moving_trans,zscore_moving_inverse,zscore_moving_final}'::text[])
    union all
    select unnest('{ranked_trans,ranked_inverse,robust_z_final,iqr_outlier_final}'::text[])
    union all
    select unnest('{ewma_chart,cusum_chart,individuals_chart,western_electric_rules,nelson_rules}'::text[])
    union all
    select unnest('{series_trans,series_combine,theil_sen_final,mann_kendall_final,mann_kendall_hamed_rao_final}'::text[])
    union all
    select unnest('{mann_kendall_seasonal_final,mann_kendall_hamed_rao,distribution_rollup_trans}'::text[])
    union all
    select unnest('{js_divergence_final,wasserstein_final,chi2_gof,change_points,covariance_rollup_trans}'::text[])
    union all
    select unnest('{kmeans_agg_trans,kmeans_agg_final,dbscan_agg_trans,dbscan_agg_final,forecast,parquet_agg_trans,parquet_agg_final}'::text[])$$,
    'the functions that are called with NULL'
);
select set_eq(
    $$select a.aggfnoid::regprocedure::text from pg_aggregate as a join pg_proc as p on p.oid = a.aggfnoid
    where p.pronamespace = 'vigil'::regnamespace and a.aggcombinefn <> 0 and a.aggserialfn <> 0 and a.aggdeserialfn <> 0$$,
    $$select p::regprocedure::text from unnest(array[
        'vigil.stats_agg(timestamptz, float8[])', 'vigil.rollup(vigil.stats)', 'vigil.trend_agg(timestamptz, float8)', 'vigil.rollup(vigil.trend)',
        'vigil.ks_test(float8, boolean)', 'vigil.psi(float8, boolean, int)',
        'vigil.seasonal_agg(timestamptz, float8)', 'vigil.seasonal_agg(timestamptz, float8, text)', 'vigil.rollup(vigil.seasonal)', 'vigil.theil_sen(timestamptz, float8)',
        'vigil.mann_kendall(timestamptz, float8)', 'vigil.mann_kendall_hamed_rao(timestamptz, float8)',
        'vigil.mann_kendall_seasonal(timestamptz, float8, int)', 'vigil.js_divergence(float8, boolean, int)',
        'vigil.wasserstein(float8, boolean)', 'vigil.chi2_test(text, boolean)', 'vigil.distribution_agg(float8)', 'vigil.rollup(vigil.distribution)',
        'vigil.covariance_agg(float8[])', 'vigil.rollup(vigil.covariance)'
    ]) as p$$,
    'the aggregates that can be split'
);
select is(aggcombinefn::oid, 0::oid, 'forest_agg depends on the order of its rows and cannot be split')
from pg_aggregate where aggfnoid = 'vigil.forest_agg(float8[], jsonb)'::regprocedure;
select is_empty(
    $$select a.aggfnoid::regprocedure from pg_aggregate as a join pg_proc as p on p.oid = a.aggfnoid
    where p.pronamespace = 'vigil'::regnamespace and (a.aggfinalmodify <> case p.proname when 'parquet_agg' then 'w' else 'r' end or a.aggkind <> 'n' or a.aggfinalextra)$$,
    'final functions leave the state as it is, but for the one that ends a file'
);
select is_empty(
    $$select identity from member where type not in ('function', 'aggregate', 'type') and identity <> 'vigil.functions'$$,
    'no tables, sequences, settings or casts, and one view of the catalogue'
);

-- What is public: tests/docs/functions compares it with docs/functions.md.
select set_eq(
    $$select identity from member where type in ('function', 'aggregate')
        and identity !~ 'pg_catalog.(internal|cstring)|_(out|send)[(]|[.]ewma_trans[(]'$$,
    $$select m.identity from member as m
        join pg_proc as p on p.oid = m.objid and m.classid = 'pg_proc'::regclass
        join vigil.functions as f on f.name = p.proname and f.arguments = pg_get_function_arguments(p.oid)$$,
    'the view lists all but the parts of aggregates and types'
);
select is_empty('select name from vigil.functions where family is null', 'every public function belongs to a family');
select is_empty(
    $$select name, what from vigil.functions,
        (values ('NULL', 'NULLs?'), ('errors', '[Ee]rrors'), ('cost', 'O\([^)]')) as said (what, pattern)
    where coalesce(description, '') !~ pattern$$,
    'every public function says what it makes of NULL, its errors and its cost'
);
select is(
    (select array_agg(typname order by typname) from pg_type where typnamespace = 'vigil'::regnamespace and typtype = 'b' and typelem = 0
        and typalign = 'i' and typlen = -1 and typstorage = 'x'),
    '{covariance,distribution,seasonal,stats,trend}',
    'state types are stored like bytea'
);

-- The control file.
select results_eq(
    $$select extversion collate "C", extrelocatable, extnamespace::regnamespace::text collate "C" from pg_extension where extname = 'vigil'$$,
    $$values ('0.1.0' collate "C", false, 'vigil' collate "C")$$,
    'version and schema'
);
select results_eq(
    $$select superuser, trusted, relocatable, schema from pg_available_extension_versions where name = 'vigil' and version = '0.1.0'$$,
    $$values (true, false, false, 'vigil'::name)$$,
    'installed by superusers only'
);

-- Anyone may use it, nobody may add to it.
create role vigil_test_stranger;
set local role vigil_test_stranger;
select is(vigil.anomaly_score(vigil.forest_agg(array[n], '{"n_trees": 1, "sample_size": 2}'), '{1}') is not null, true, 'anyone may call the functions')
from generate_series(1, 2) as n;
select is(vigil.average(vigil.stats_agg(now(), '{1}')), '{1}', 'anyone may call the aggregates');
select throws_ok('create function vigil.mine() returns int language sql as ''select 1''', '42501', null, 'nobody may create in the schema');
select throws_ok(
    'create aggregate pg_temp.mine(float8) (sfunc = vigil.ks_test_trans, stype = internal)', null, null, 'nobody may build on internal states'
);
select cmp_ok((select count(*) from vigil.functions), '>', 90::bigint, 'anyone may read what there is');
reset role;

select * from finish();
rollback;
