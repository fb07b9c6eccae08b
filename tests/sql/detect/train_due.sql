-- The training job: every active model anew, a first model where there is none.
begin;
select plan(17);
\ir ../support/names.psql
\ir ../support/pumps.psql

create function pg_temp.active() returns table (profile text, scope text, target text, model_id int, options jsonb, row_count bigint)
language sql as $$
  select p.name, m.scope, coalesce(m.device_model, s.path::text, d.external_id), m.model_id, m.options, m.row_count
  from detect.model m
  join fleet.profile p using (tenant_id, profile_id)
  left join fleet.site s on s.site_id = m.site_id
  left join fleet.stream st on st.stream_id = m.stream_id
  left join fleet.device d on d.device_id = st.device_id
  where m.tenant_id = pg_temp.tenant('acme') and m.status = 'active'
$$;

-- A first model of a profile with enough readings.
select is(detect.train_due(pg_temp.tenant('acme')), 1::bigint, 'a profile with readings and no model gets one');
select results_eq('select profile, scope, options, row_count from pg_temp.active()', $$values ('pump', 'profile', '{}'::jsonb, 300::bigint)$$, 'of the whole profile, with the default options');
select fleet.create_profile(pg_temp.tenant('acme'), 'valve', '["flow"]'), fleet.open_stream(pg_temp.tenant('acme'), 'v-1', 'valve') \gset
select is(detect.train_due(pg_temp.tenant('acme')), 1::bigint, 'one without readings gets none');
select is((select count(*) from ops.job_run where tenant_id = pg_temp.tenant('acme')), 0::bigint, 'which is no failure');

-- Every scope with its own options.
select pg_temp.train('site', 'emea', '{"seed": 3}'), pg_temp.train('device_model', 'M2', '{"n_trees": 12}'), pg_temp.train('stream', 'p-6', '{"window": "10 minutes", "sample_size": 8}'),
  pg_temp.train('profile', null, '{"to": "2026-01-01T00:20:00Z", "from": "2025-01-01"}') \gset
create temp table before as select * from pg_temp.active();
select is((select row_count from before where scope = 'profile'), 126::bigint, 'a model of a fixed period');
select is(detect.train_due(pg_temp.tenant('acme')), 4::bigint, 'each active model is trained anew');
select results_eq(
  'select scope, target, options - array[''from'', ''to''] from before order by 1',
  'select scope, target, options from pg_temp.active() order by 1', 'on its own scope and options, but for a fixed period');
select is((select count(*) from before join pg_temp.active() a using (model_id)), 0::bigint, 'all of them are new');
select is((select row_count from pg_temp.active() where scope = 'profile'), 300::bigint, 'over all that is in the window now');
select is((select row_count from pg_temp.active() where scope = 'stream'), 11::bigint, 'and each with its own window');
select is(
  (select m.bytes from detect.model m join pg_temp.active() a using (model_id) where a.scope = 'site'),
  (select m.bytes from detect.model m join before b using (model_id) where b.scope = 'site'), 'the same data and seed make the same model');

-- One that cannot be trained keeps its old model, is recorded, and holds up no other.
delete from fleet.reading where stream_id = pg_temp.stream('acme', 'p-6') and ts < '2026-01-01 00:47Z';
delete from detect.device_feature where stream_id = pg_temp.stream('acme', 'p-6') and ts < '2026-01-01 00:47Z';
create temp table again as select * from pg_temp.active();
select is(detect.train_due(pg_temp.tenant('acme')), 3::bigint, 'the others are trained');
select is((select model_id from pg_temp.active() where scope = 'stream'), (select model_id from again where scope = 'stream'), 'the one that fails keeps its model');
select results_eq($$select job_name, status, error_code, regexp_replace(message, '^profile \d+', 'profile') from ops.job_run where tenant_id = pg_temp.tenant('acme')$$,
  $$values ('train', 'error', '22023', 'profile, scope stream p-6: training needs at least sample_size (8) rows, got 3')$$, 'and is recorded with its reason');
select is((select hint from ops.job_run where tenant_id = pg_temp.tenant('acme')), 'Train on more rows or set a smaller sample_size.', 'and what to do');

-- After the features of a profile changed.
select detect.define_features(pg_temp.tenant('acme'), pg_temp.profile('acme', 'pump'), '[{"statistic": "raw", "metrics": ["heat", "flow"]}]') \gset
select is(detect.train_due(pg_temp.tenant('acme')), 3::bigint, 'models of an outdated feature set are trained on the new one');
select is((select count(*) from generate_series(1, 5) n where detect.active_model(pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-' || n)) is null), 0::bigint, 'so that streams are covered again');

select * from finish();
rollback;
