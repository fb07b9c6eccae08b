-- What random queries read: columns of every type that functions of the extension take, so that they are reached.
create extension vigil;
create schema fuzz;
create table fuzz.reading as
select timestamptz '2024-03-01' + n * interval '1 minute' as ts,
    array[sin(n), cos(n * 1.7), case when n % 5 > 0 then n / 10.0 end] as vector,
    sin(n) * n as value, n as position, n % 2 = 0 as is_current, (array['on', 'off', 'idle'])[1 + n % 3] as category
from generate_series(1, 200) as n;
create table fuzz.argument as
select '{mean,slope}'::text[] as statistics, '{1,2}'::int[] as elements, interval '5 minutes' as span,
    '{"n_trees": 2, "sample_size": 8}'::jsonb as options, array[array[0.1, 0.2], array[0.3, 0.4]]::float8[] as matrix, 'UTC'::text as zone,
    0.5::float8 as share, 3::int as count;
create table fuzz.model as
select 'forest' as kind, vigil.forest_agg(vector, '{"n_trees": 5, "sample_size": 16}' order by ts) as model from fuzz.reading
union all
select 'detector', vigil.detector_agg(vector, '{"n_trees": 5}' order by ts) from fuzz.reading
union all
select 'mahalanobis', vigil.mahalanobis_model(vigil.covariance_agg(vector)) from fuzz.reading
union all
select 'pca', vigil.pca_model(vigil.covariance_agg(vector), 2) from fuzz.reading;
create table fuzz.state as
select category, vigil.stats_agg(ts, vector) as stats, vigil.trend_agg(ts, value) as trend, vigil.seasonal_agg(ts, value) as seasonal,
    vigil.distribution_agg(value) as distribution, vigil.covariance_agg(vector) as covariance
from fuzz.reading
group by category;

-- What sqlsmith would not think of by itself: calls that have an answer, to be joined, nested, cut short and repeated.
create view fuzz.score as
select r.ts, r.category, vigil.anomaly_score(m.model, r.vector) as score, vigil.explain(m.model, r.vector) as parts,
    vigil.anomaly_scores(m.model, array[r.vector, r.vector]) as scores
from fuzz.reading as r, fuzz.model as m
where m.kind in ('forest', 'detector');
create view fuzz.usual as
select m.kind, u.*, vigil.forest_info(m.model) as info
from fuzz.model as m, vigil.typical_range(m.model) as u
where m.kind in ('forest', 'detector');
create view fuzz.together as
select r.ts, vigil.mahalanobis(d.model, r.vector) as distance, vigil.pca_error(p.model, r.vector) as error, vigil.pca_explained(p.model) as explained
from fuzz.reading as r, fuzz.model as d, fuzz.model as p
where d.kind = 'mahalanobis' and p.kind = 'pca';
create view fuzz.summary as
select category, vigil.num_vals(stats) as n, vigil.average(stats) as average, vigil.stddev(stats) as stddev, vigil.min_val(stats) as low,
    vigil.max_val(stats) as high, vigil.first_val(stats) as first, vigil.last_val(stats) as last, vigil.delta(stats) as delta,
    vigil.slope(stats) as slopes, vigil.features(stats, '{mean,slope}', '{1,2}') as features, vigil.slope(trend) as slope,
    vigil.stderr(trend) as error, vigil.p_value(trend) as p_value, vigil.r_squared(trend) as r_squared,
    vigil.slope_interval(trend) as slope_interval, vigil.intercept(trend, '2024-03-01') as intercept,
    vigil.expected(seasonal, '2024-03-01 02:00') as expected, vigil.spread(seasonal, '2024-03-01 02:00') as spread,
    vigil.quantile(distribution, 0.5) as median, vigil.relative_error(distribution) as relative_error
from fuzz.state;
create view fuzz.period as
select vigil.rollup(stats) as stats, vigil.rollup(trend) as trend, vigil.rollup(seasonal) as seasonal, vigil.rollup(distribution) as distribution,
    vigil.rollup(covariance) as covariance
from fuzz.state;
create view fuzz.frame as
select ts, vigil.zscore(value) over w as z, vigil.robust_z(value) over w as robust_z, vigil.iqr_outlier(value) over w as is_outlier,
    vigil.ewma(value, 3) over w as average, vigil.distribution_agg(value) over w as distribution, vigil.stats_agg(ts, vector) over w as stats
from fuzz.reading
window w as (partition by category order by ts rows 5 preceding);
create view fuzz.drift as
select (vigil.ks_test(value, is_current)).*, vigil.psi(value, is_current, 5) as psi, vigil.js_divergence(value, is_current, 5) as js_divergence,
    vigil.wasserstein(value, is_current) as wasserstein, (vigil.chi2_test(category, is_current)).p_value as chi2_p
from fuzz.reading;
create view fuzz.series as
select array_agg(value order by ts) as y, array_agg(position order by ts)::float8[] as x from fuzz.reading;
create view fuzz.tendency as
select (vigil.mann_kendall(y)).*, (vigil.theil_sen(x, y)).slope_low, (vigil.ljung_box(y)).statistic, (vigil.baseline(y)).median,
    (vigil.mann_kendall_seasonal(y, 3)).z as seasonal_z, (vigil.mann_kendall_hamed_rao(y)).z as corrected_z, vigil.acf(y, 5) as acf, vigil.pacf(y, 5) as pacf
from fuzz.series;
create view fuzz.chart as
select e.index, e.statistic, c.upper_sum, i.moving_range, n.rules, w.rules as western_rules
from fuzz.series, vigil.ewma_chart(y) as e, vigil.cusum_chart(y) as c, vigil.individuals_chart(y) as i, vigil.nelson_rules(y) as n,
    vigil.western_electric_rules(y) as w
where c.index = e.index and i.index = e.index and n.index = e.index and w.index = e.index;
create view fuzz.change as
select c.*, (vigil.benjamini_hochberg(array[0.01, c.effect_size / 1e6]))[1] as adjusted from fuzz.series, vigil.change_points(y, 1) as c;
create view fuzz.correlation as
select c.* from fuzz.state as a, fuzz.state as b, vigil.correlation_changes(a.covariance, b.covariance) as c;
create view fuzz.vector as
select ts, vigil.valid_vector(vector) as is_valid, vigil.merge_values(vector, '{null,1}') as merged, vigil.gather(vector, '{2,1,9}') as gathered,
    vigil.metric_values('{"a": 1}', array[category, 'a']) as metrics, vigil.robust_z(value, vector) as robust_z,
    vigil.jensen_shannon('{1,2}', array[abs(value), 1]) as divergence
from fuzz.reading;
analyze;
grant usage on schema fuzz to public;
grant select on all tables in schema fuzz to public;

-- sqlsmith asks for pg_proc without a schema. It finds this one, in which the extension's functions are not lost among
-- thousands: of Postgres's own, every tenth that has only plain types.
create schema shadow;
create view shadow.pg_proc as
select p.*
from pg_catalog.pg_proc as p
where (p.pronamespace = 'vigil'::regnamespace or p.pronamespace = 'pg_catalog'::regnamespace and p.oid::bigint % 10 = 0)
    and not exists (
        select from unnest(p.proargtypes || p.prorettype) as a (oid)
        join pg_type as t on t.oid = a.oid and t.typtype = 'p'
    );
grant usage on schema shadow to public;
grant select on shadow.pg_proc to public;
