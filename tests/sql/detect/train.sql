-- Training: what goes in, what is kept, what becomes active.
begin;
select plan(78);
\ir ../support/refusal.psql
\ir ../support/names.psql
\ir ../support/pumps.psql

-- The whole profile.
create temp table trained as select pg_temp.train(options => '{"seed": 7}') as id;
create temp table first_model as select (m).* from trained, pg_temp.model(id) m;
select results_eq(
  $$select scope, status, stream_id, device_model, site_id, seed, row_count, trained_from, trained_to, trained_by = session_user, options from first_model$$,
  $$values ('profile', 'active', null::int, null::text, null::int, 7::bigint, 300::bigint, '2025-12-18 00:49Z'::timestamptz, '2026-01-01 00:49Z'::timestamptz,
    true, '{"seed": 7, "n_trees": 10, "sample_size": 16}'::jsonb)$$,
  'a model of the profile is trained on all its streams, over 14 days back from the newest reading');
select is((select feature_set_sha256 from first_model), (select spec_sha256 from detect.feature_set where profile_id = pg_temp.profile('acme', 'pump') and current),
  'it names its feature set');
select is((select vigil.forest_info(bytes) ->> 'rows' from first_model), '300', 'its bytes are the forest over those rows');
select ok((select training_time > interval '0' and training_time < interval '1 minute' from first_model), 'how long it took is kept');
select results_eq('select score_quantiles from first_model', 'select vigil.forest_info(bytes) -> ''score_quantiles'' from first_model', 'the quantiles of its scores are kept');
select is((select thresholds from first_model),
  (select array[(score_quantiles ->> '0.99')::float8, (score_quantiles ->> '0.995')::float8, (score_quantiles ->> '0.999')::float8, (score_quantiles ->> '1')::float8] from first_model),
  'and four of them are the thresholds');
select is((select row(feature_low, feature_median, feature_high)::text from first_model),
  (select row(array_agg(low order by feature), array_agg(median order by feature), array_agg(high order by feature))::text from first_model, vigil.typical_range(bytes)),
  'with the typical range of each feature');
select results_eq('select feature_low[3], feature_median[3], feature_high[3], feature_low[4], feature_median[4], feature_high[4] from first_model',
  'values (42::float8, 42::float8, 42::float8, null::float8, null::float8, null::float8)', 'a constant one is its value, one that was never reported has none');
select is((select count(*) from detect.device_feature where tenant_id = pg_temp.tenant('acme')), 300::bigint, 'training computed the features it needed');

-- Columns that say nothing have no say.
select is(
  (select count(distinct vigil.anomaly_score(bytes, array[3.2, 55, head, noise])) from first_model, unnest('{42,0,1e9,null}'::float8[]) head, unnest('{null,0,-1e9}'::float8[]) noise),
  1::bigint, 'constant and missing columns do not move the score');
select cmp_ok((select vigil.anomaly_score(bytes, '{300,5500,42,null}') from first_model), '>', (select (score_quantiles ->> '0.9')::float8 from first_model), 'the others do');
select is((select (vigil.explain(bytes, '{300,5500,42,null}'))[3:4] from first_model), '{0,0}', 'nor are they part of an explanation');

-- Same data and seed: same bytes.
select is((pg_temp.model(pg_temp.train(options => '{"seed": 7}'))).bytes, (select bytes from first_model), 'the same seed and data make the same bytes');
select isnt((pg_temp.model(pg_temp.train(options => '{"seed": 8}'))).bytes, (select bytes from first_model), 'another seed makes others');
select isnt((pg_temp.model(pg_temp.train(options => '{"seed": 7, "n_trees": 11}'))).bytes, (select bytes from first_model), 'and so do other options');
select is((pg_temp.model(pg_temp.train())).seed, (select feature_set_id::bigint from detect.feature_set where profile_id = pg_temp.profile('acme', 'pump') and current),
  'without a seed the feature set is one, so that training can be repeated');

-- The newest of a scope is active.
select is((select count(*) from detect.model where tenant_id = pg_temp.tenant('acme') and status = 'active'), 1::bigint, 'one model of the profile is active');
select is((select model_id from detect.model where tenant_id = pg_temp.tenant('acme') and status = 'active'), (select max(model_id) from detect.model where tenant_id = pg_temp.tenant('acme')), 'the newest');
select is((select count(*) from detect.model where tenant_id = pg_temp.tenant('acme') and status = 'superseded'), 4::bigint, 'those before it are superseded');

-- Every scope.
create temp table scope_case (scope text, target text, streams int);
insert into scope_case values ('profile', null, 6), ('device_model', 'M1', 3), ('device_model', 'M2', 2), ('site', 'emea', 3), ('site', 'emea.de', 2), ('site', 'emea.de.berlin', 1),
  ('site', 'apac', 1), ('stream', 'p-1', 1), ('stream', 'p-6', 1);
create temp table scoped as select c.*, pg_temp.train(c.scope, c.target) as id from scope_case c;
select is((m).row_count, c.streams * 50::bigint, format('%s %s is trained on %s streams', c.scope, c.target, c.streams)) from scoped c, pg_temp.model(c.id) m;
select is(row((m).stream_id, (m).device_model, (m).site_id)::text,
  row(case when c.scope = 'stream' then pg_temp.stream('acme', c.target) end, case when c.scope = 'device_model' then c.target end, case when c.scope = 'site' then pg_temp.site('acme', c.target) end)::text,
  format('and names %s %s', c.scope, c.target)) from scoped c, pg_temp.model(c.id) m;
select is((select count(*) from detect.model where tenant_id = pg_temp.tenant('acme') and status = 'active'), 9::bigint, 'each scope and target has an active model of its own');
select pg_temp.train('site', 'emea.de') \gset
select is((select count(*) from detect.model where tenant_id = pg_temp.tenant('acme') and status = 'active'), 9::bigint, 'training one again');
select is((select array_agg(c.scope || ' ' || c.target) from scoped c, pg_temp.model(c.id) m where (m).status <> 'active'), '{site emea.de}', 'supersedes that one');

-- The window.
select is((pg_temp.model(pg_temp.train(options => '{"window": "9 minutes"}'))).row_count, 60::bigint, 'a window counts back from the newest reading, both ends included');
select is((pg_temp.model(pg_temp.train(options => '{"from": "2026-01-01T00:10:00Z", "to": "2026-01-01T00:19:00Z"}'))).row_count, 60::bigint, 'from and to are included');
select is((pg_temp.model(pg_temp.train(options => '{"to": "2026-01-01T00:19:00Z", "window": "4 minutes"}'))).row_count, 30::bigint, 'a window counts back from to');
select is((pg_temp.model(pg_temp.train(options => '{"from": "2026-01-01T00:40:00Z"}'))).row_count, 60::bigint, 'from alone reaches to the newest reading');

-- Known anomalies are left out.
insert into detect.anomaly (tenant_id, stream_id, model_id, state, severity, started_at, ended_at, points, peak_score, peak_at, explanation)
select pg_temp.tenant('acme'), pg_temp.stream('acme', d), (select max(id) from scoped), state, 'high', from_ts, to_ts, 1, 0.9, from_ts, '[]'
from (values ('p-1', 'closed', '2026-01-01 00:10Z'::timestamptz, '2026-01-01 00:19Z'::timestamptz), ('p-2', 'open', '2026-01-01 00:49Z', '2026-01-01 00:49Z'),
  ('p-3', 'candidate', '2026-01-01 00:00Z', '2026-01-01 00:30Z')) as a (d, state, from_ts, to_ts);
select is((pg_temp.model(pg_temp.train())).row_count, 289::bigint, 'readings in reported anomalies are left out, those in candidates are not');
select is((pg_temp.model(pg_temp.train(options => '{"exclude_anomalies": true}'))).row_count, 289::bigint, 'by default');
select is((pg_temp.model(pg_temp.train(options => '{"exclude_anomalies": false}'))).row_count, 300::bigint, 'unless they are asked for');
select is((pg_temp.model(pg_temp.train('stream', 'p-1'))).row_count, 40::bigint, 'in every scope');
delete from detect.anomaly where tenant_id = pg_temp.tenant('acme');

-- Thresholds by policy.
insert into detect.policy (tenant_id, profile_id, threshold_quantiles) values (pg_temp.tenant('acme'), pg_temp.profile('acme', 'pump'), '{0.5,0.9,0.9,0.99}');
create temp table by_policy as select (m).* from (select pg_temp.train() as id) t, pg_temp.model(t.id) m;
select is((select thresholds from by_policy),
  (select array[(score_quantiles ->> '0.5')::float8, (score_quantiles ->> '0.9')::float8, (score_quantiles ->> '0.9')::float8, (score_quantiles ->> '0.99')::float8] from by_policy),
  'a policy chooses the quantiles');
select isnt((select thresholds[1] from by_policy), (select thresholds[2] from by_policy), 'which differ');

-- Scores of what was measured after the window, by the streams that the model covers.
delete from detect.feature_change where tenant_id = pg_temp.tenant('acme');
update detect.model set status = 'superseded' where tenant_id = pg_temp.tenant('acme') and device_model = 'M2';
create temp table late_model as select pg_temp.train('site', 'emea', '{"to": "2026-01-01T00:30:00Z"}') as id;
select results_eq(
  $$select d.external_id, c.from_ts, c.to_ts from detect.feature_change c join fleet.stream using (tenant_id, stream_id) join fleet.device d using (tenant_id, device_id) where c.tenant_id = pg_temp.tenant('acme')$$,
  $$values ('p-4', '2026-01-01 00:30:00.000001Z'::timestamptz, '2026-01-01 00:49Z'::timestamptz)$$,
  'only streams that have no narrower model are scored anew, from the end of the window');
select is(detect.compute_scores(pg_temp.tenant('acme')), 19::bigint, 'that is each reading after it');
select is((select array_agg(distinct model_id) from detect.score where tenant_id = pg_temp.tenant('acme')), (select array[id] from late_model), 'by the new model');

-- A stream's first model scores what comes after its window, whether or not the jobs had got to the readings before it.
create function pg_temp.jobs_then_training(jobs_first boolean) returns table (device text, ts timestamptz)
language plpgsql as $$
begin
  delete from detect.score where tenant_id = pg_temp.tenant('acme');
  delete from detect.feature_change where tenant_id = pg_temp.tenant('acme');
  update detect.model set status = 'superseded' where tenant_id = pg_temp.tenant('acme');
  delete from detect.device_feature where tenant_id = pg_temp.tenant('acme');
  insert into fleet.reading_change (tenant_id, stream_id, from_ts, to_ts)
  select r.tenant_id, r.stream_id, min(r.ts), max(r.ts) from fleet.reading r where r.tenant_id = pg_temp.tenant('acme') group by r.tenant_id, r.stream_id;
  if jobs_first then
    perform detect.compute_features(pg_temp.tenant('acme'));
    perform detect.compute_scores(pg_temp.tenant('acme'));
  end if;
  perform pg_temp.train(options => '{"to": "2026-01-01T00:44:00Z"}');
  perform detect.compute_features(pg_temp.tenant('acme'));
  perform detect.compute_scores(pg_temp.tenant('acme'));
  return query
  select d.external_id, s.ts from detect.score s join fleet.stream using (tenant_id, stream_id) join fleet.device d using (tenant_id, device_id)
  where s.tenant_id = pg_temp.tenant('acme');
end $$;
select set_eq('select * from pg_temp.jobs_then_training(false)', $$
  select 'p-' || p as device, '2026-01-01 00:44Z'::timestamptz + m * interval '1 minute' as ts from generate_series(1, 6) p, generate_series(1, 5) m$$,
  'the first model of a stream scores the readings after its window, not those it learned from');
select set_eq('select * from pg_temp.jobs_then_training(true)', 'select * from pg_temp.jobs_then_training(false)', 'be it trained before or after the jobs have run');

-- Refusals, none of which leaves a model behind or changes which one is active.
create temp table before as select model_id, status from detect.model where tenant_id = pg_temp.tenant('acme');
\set too_few '(Train on more rows or set a smaller sample_size.)'
\set forms '(window is an interval such as "14 days", from and to are timestamps, exclude_anomalies is true or false.)'
select is(pg_temp.refusal(format('select pg_temp.train(%L, %L, %L)', scope, target, options)), refusal, concat_ws(' ', scope, target, options))
from (values
  ('profile', null, '{"window": "a week"}', '22023: option "window" is not valid ' || :'forms'),
  ('profile', null, '{"window": null}', '22023: option "window" is not valid ' || :'forms'),
  ('profile', null, '{"from": "once"}', '22023: option "from" is not valid ' || :'forms'),
  ('profile', null, '{"to": 5}', '22023: option "to" is not valid ' || :'forms'),
  ('profile', null, '{"exclude_anomalies": "yes"}', '22023: option "exclude_anomalies" is not valid ' || :'forms'),
  ('profile', null, '{"trees": 5}', '22023: unknown option "trees" (Options are n_trees, sample_size, max_depth, seed, reservoir, ndim, pooled_gain, averaged_gain, tries, penalize_range, metric, missing, categorical and contamination.)'),
  ('profile', null, '{"n_trees": 0}', '22023: option "n_trees" must be an integer from 1 to 10000 (Correct "n_trees" or leave it out to use its default.)'),
  ('profile', null, '{"seed": "abc"}', '22023: option "seed" must be an integer from 0 to 9223372036854775807 (Correct "seed" or leave it out to use its default.)'),
  ('profile', null, '{"seed": -1}', '22023: option "seed" must be an integer from 0 to 9223372036854775807 (Correct "seed" or leave it out to use its default.)'),
  ('profile', null, '{"seed": "18446744073709551615"}', '22023: option "seed" must be an integer from 0 to 9223372036854775807 (Correct "seed" or leave it out to use its default.)'),
  ('profile', null, '{"sample_size": 301}', '22023: training needs at least sample_size (301) rows, got 300 ' || :'too_few'),
  ('profile', null, '{"from": "2027-01-01"}', '22023: there are no rows to train on (Train on a period that has readings.)'),
  ('galaxy', 'x', '{}', '22023: unknown scope "galaxy" (Use profile, site, device_model or stream.)'),
  ('stream', 'p-7', '{}', '42704: no stream of the profile matches stream "p-7" (GET /streams and GET /devices list devices, models and sites.)'),
  ('device_model', 'M9', '{}', '42704: no stream of the profile matches device_model "M9" (GET /streams and GET /devices list devices, models and sites.)'),
  ('site', 'emea.fr', '{}', '42704: no stream of the profile matches site "emea.fr" (GET /streams and GET /devices list devices, models and sites.)'),
  ('site', 'not a path!', '{}', '42704: no stream of the profile matches site "not a path!" (GET /streams and GET /devices list devices, models and sites.)'),
  ('stream', null, '{}', '42704: no stream of the profile matches stream "" (GET /streams and GET /devices list devices, models and sites.)')
) as r (scope, target, options, refusal);
select is(pg_temp.refusal($$select detect.train(pg_temp.tenant('acme'), pg_temp.profile('acme', 'pump'), 'profile', null, '[]')$$),
  '22023: options must be a JSON object (Give {"window": "14 days", "n_trees": 100, "sample_size": 256, "seed": 1}.)', 'options are an object');
select is(pg_temp.refusal($$select detect.train(pg_temp.tenant('acme'), -1, 'profile', null, null)$$),
  '42704: the profile does not exist or has no feature set (GET /profiles lists the profiles.)', 'of a profile that is there');
select set_eq($$select model_id, status from detect.model where tenant_id = pg_temp.tenant('acme')$$, 'table before', 'nothing of them stays');
select is((pg_temp.model(detect.train(pg_temp.tenant('acme'), pg_temp.profile('acme', 'pump'), 'profile', null, null))).options, '{}', 'options may be null: the defaults');

-- Nothing to learn from.
select detect.define_features(pg_temp.tenant('acme'), pg_temp.profile('acme', 'pump'), '[{"statistic": "raw", "metrics": ["head", "noise"]}]') \gset
select is(pg_temp.refusal('select pg_temp.train()'),
  '22023: no feature varies in the training rows (Train on a longer period, or choose features that are not constant.)', 'constant and missing features alone cannot be learned');

select * from finish();
rollback;
