-- Scores: of every new vector, by the narrowest model, told to the anomalies job.
begin;
set local client_min_messages = warning;
select plan(15);
\ir ../support/names.psql
\ir ../support/pumps.psql

select detect.compute_features(pg_temp.tenant('acme')) \gset
select is(detect.compute_scores(pg_temp.tenant('acme')), 0::bigint, 'without a model nothing is scored');
select is((select count(*) from detect.feature_change where tenant_id = pg_temp.tenant('acme')), 0::bigint, 'and nothing waits for one');

create temp table model as select 'profile' as scope, pg_temp.train() as id;
insert into model select 'stream', pg_temp.train('stream', 'p-1', '{"seed": 99}');
create view pg_temp.scored as
select s.stream_id, s.ts, s.score, s.model_id, m.scope, vigil.anomaly_score(x.bytes, f.values) as again
from detect.score s
join model m on m.id = s.model_id
join detect.model x on x.model_id = s.model_id
join detect.device_feature f on f.stream_id = s.stream_id and f.ts = s.ts and f.feature_set_id = x.feature_set_id
where s.tenant_id = pg_temp.tenant('acme');
insert into fleet.reading (tenant_id, stream_id, ts, values)
select pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-' || p), '2026-01-01 01:00Z'::timestamptz + n * interval '40 minutes', array[p + n, 50 - n, 42, null]
from generate_series(1, 6) p, generate_series(0, 4) n;
select detect.compute_features(pg_temp.tenant('acme')) \gset
select is(detect.compute_scores(pg_temp.tenant('acme')), 30::bigint, 'every new vector is scored');
select is((select count(*) from pg_temp.scored where score = again and score > 0 and score < 1), 30::bigint, 'to what the model says of it');
select set_eq('select stream_id, scope, count(*) from pg_temp.scored group by 1, 2',
  $$select pg_temp.stream('acme', 'p-' || n), case when n = 1 then 'stream' else 'profile' end, 5::bigint from generate_series(1, 6) n$$, 'by its stream''s narrowest model');
select set_eq($$select stream_id, min(from_ts), max(to_ts) from detect.score_change where tenant_id = pg_temp.tenant('acme') group by 1$$,
  $$select pg_temp.stream('acme', 'p-' || n), '2026-01-01 01:00Z'::timestamptz as a, '2026-01-01 03:40Z'::timestamptz as b from generate_series(1, 6) n$$, 'the anomalies job is told');
select is((select count(*) from detect.feature_change where tenant_id = pg_temp.tenant('acme')), 0::bigint, 'what was scored is not taken again');

-- Again: nothing.
delete from detect.score_change;
insert into detect.feature_change (tenant_id, stream_id, from_ts, to_ts)
select pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-' || n), '2026-01-01 01:00Z', '2026-01-02' from generate_series(1, 6) n;
select is(detect.compute_scores(pg_temp.tenant('acme')), 0::bigint, 'scoring the same again changes nothing');
select is((select count(*) from detect.score_change where tenant_id = pg_temp.tenant('acme')), 0::bigint, 'and tells nothing');

-- A correction is scored anew; so is what lies after the window of a new model.
update fleet.reading set values = '{-50,500,42,null}' where tenant_id = pg_temp.tenant('acme') and stream_id = pg_temp.stream('acme', 'p-2') and ts = '2026-01-01 01:40Z';
select detect.compute_features(pg_temp.tenant('acme')) \gset
select is(detect.compute_scores(pg_temp.tenant('acme')), 1::bigint, 'a corrected reading is scored anew');
select results_eq($$select stream_id, from_ts, to_ts from detect.score_change where tenant_id = pg_temp.tenant('acme')$$,
  $$select pg_temp.stream('acme', 'p-2'), '2026-01-01 01:40Z'::timestamptz, '2026-01-01 01:40Z'::timestamptz$$, 'and it alone');
insert into model select 'stream', pg_temp.train('stream', 'p-3', '{"to": "2026-01-01T02:00:00Z"}');
select is(detect.compute_scores(pg_temp.tenant('acme')), 3::bigint, 'a narrower model scores what lies after its window');
select set_eq($$select scope, ts < '2026-01-01 02:00Z', count(*) from pg_temp.scored where stream_id = pg_temp.stream('acme', 'p-3') group by 1, 2$$,
  $$values ('profile', true, 2::bigint), ('stream', false, 3::bigint)$$, 'and leaves alone what lies in it');
select is((select count(*) from pg_temp.scored where score = again), 30::bigint, 'every score is that of its own model');

-- Other tenants.
select is((select count(*) from detect.score where tenant_id <> pg_temp.tenant('acme') and model_id in (select id from model)), 0::bigint, 'no other tenant''s vectors were touched');

select * from finish();
rollback;
