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
analyze;
grant usage on schema fuzz to public;
grant select on all tables in schema fuzz to public;
