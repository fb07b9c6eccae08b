-- Episodes: which anomalous points belong together, what is reported of them, and when they end.
begin;
set local client_min_messages = warning;
select plan(57);
\ir ../support/names.psql
\ir ../support/engines.psql
\ir ../support/requests.psql
create function pg_temp.anomalies() returns bigint language sql as $$ select detect.compute_anomalies(pg_temp.tenant('acme')) $$;
prepare of_e1 as select * from pg_temp.episodes('e-1') order by first;

-- One run of anomalous points is one anomaly.
select pg_temp.mark('e-1', '{0,5,15,25}', 0.3), pg_temp.mark('e-1', '{10}', 0.65), pg_temp.mark('e-1', '{20}', 0.85), pg_temp.mark('e-1', '{30}', 0.75) \gset
select is(pg_temp.anomalies(), 1::bigint, 'points that belong together are one anomaly');
select results_eq('of_e1', $$values ('open', 'high', 10::float8, 30::float8, 3, 0.85::float8, 20::float8)$$,
  'from the first to the last anomalous point, as severe as its peak; ordinary points between do not end it and are not counted');
select is(pg_temp.anomalies(), 0::bigint, 'the same again changes nothing');
insert into detect.score_change (tenant_id, stream_id, from_ts, to_ts) values (pg_temp.tenant('acme'), pg_temp.stream('acme', 'e-1'), pg_temp.instant(0), pg_temp.instant(30));
create temp table before as select * from detect.anomaly where tenant_id = pg_temp.tenant('acme');
select is(pg_temp.anomalies(), 0::bigint, 'nor when it is looked at anew');
select set_eq($$select * from detect.anomaly where tenant_id = pg_temp.tenant('acme')$$, 'table before', 'not even when it was changed last');

-- What explains it.
create temp table explained as select jsonb_array_elements(explanation) as e from before;
select is((select jsonb_array_length(explanation) from before), 5, 'an anomaly is explained by five features');
select is((select e -> 'feature' from explained limit 1), '"rpm"', 'the strongest first');
select ok((select array_agg((e ->> 'contribution')::float8) = array_agg((e ->> 'contribution')::float8 order by (e ->> 'contribution')::float8 desc) from explained), 'in order of their contributions');
select is((select count(*) from explained where not e ?& '{feature,metric,statistic,value,typical_low,typical_median,typical_high,direction,contribution}'), 0::bigint,
  'each with its value, its typical range and what it contributes');
select results_eq($$select e -> 'value', e ->> 'unit', e ->> 'direction', (e ->> 'typical_low')::float8 between 900 and 902, (e ->> 'typical_high')::float8 between 908 and 910 from explained where e ->> 'feature' = 'rpm'$$,
  $$values ('2000'::jsonb, '1/min', 'above', true, true)$$, 'as it was at the peak and in training');
select is(
  (select count(*) from explained, detect.model m join fleet.metric k using (tenant_id, profile_id)
    where m.tenant_id = pg_temp.tenant('acme') and k.name = e ->> 'metric' and e @> jsonb_build_object('statistic', 'raw',
      'value', ('{2000,3.5,80.5,0.5,0.5,0.5}'::float8[])[k.position],
      'typical_low', m.feature_low[k.position], 'typical_median', m.feature_median[k.position], 'typical_high', m.feature_high[k.position])), 5::bigint,
  'from the first to the 99th percentile');

-- The gap that ends an episode.
select pg_temp.forget(), pg_temp.mark('e-1', '{0,10,40,50}', 0.85), pg_temp.mark('e-1', '{90,100}', 0.95) \gset
select is(pg_temp.anomalies(), 3::bigint, 'a pause longer than the gap begins another anomaly (the first is closed as well)');
select results_eq('of_e1', $$values ('closed', 'high', 0::float8, 50::float8, 4, 0.85::float8, 0::float8), ('open', 'critical', 90, 100, 2, 0.95, 90)$$,
  'a pause as long as the gap does not; of equal peaks the first counts');
insert into detect.policy (tenant_id, profile_id, episode_gap) values (pg_temp.tenant('acme'), pg_temp.profile('acme', 'engine'), '10 minutes');
select pg_temp.forget(), pg_temp.mark('e-1', '{0,10,20.1,25}', 0.85) \gset
select pg_temp.anomalies() \gset
select set_eq('select first, last from pg_temp.episodes(''e-1'')', 'values (0::float8, 10::float8), (20.1, 25)', 'a policy sets the gap');
delete from detect.policy;

-- Candidates: what is too short or too mild is not reported.
select pg_temp.forget(), pg_temp.mark('e-1', '{100}', 0.99) \gset
select is(pg_temp.anomalies(), 1::bigint, 'a single point');
select results_eq('of_e1', $$values ('candidate', 'critical', 100::float8, 100::float8, 1, 0.99::float8, 100::float8)$$, 'is a candidate, however severe');
select is((select row(explanation, alert_pending)::text from detect.anomaly), '(,f)', 'without explanation or alert');
select pg_temp.mark('e-1', '{110}', 0.61) \gset
select is(pg_temp.anomalies(), 1::bigint, 'a second point');
select results_eq('of_e1', $$values ('open', 'critical', 100::float8, 110::float8, 2, 0.99::float8, 100::float8)$$, 'makes it an anomaly');
select is((select row(jsonb_array_length(explanation), alert_pending)::text from detect.anomaly), '(5,t)', 'with both');
select pg_temp.forget(), pg_temp.mark('e-1', '{100,105,110,115}', 0.75) \gset
select pg_temp.anomalies() \gset
select results_eq('select state, severity, points from pg_temp.episodes(''e-1'')', $$values ('candidate', 'medium', 4)$$, 'many mild points are a candidate');
select pg_temp.mark('e-1', '{120}', 0.8) \gset
select pg_temp.anomalies() \gset
select results_eq('of_e1', $$values ('open', 'high', 100::float8, 120::float8, 5, 0.8::float8, 120::float8)$$, 'until one of them is serious');
insert into detect.policy (tenant_id, profile_id, opens_at, min_points) values (pg_temp.tenant('acme'), pg_temp.profile('acme', 'engine'), 'low', 3);
select pg_temp.forget(), pg_temp.mark('e-1', '{0,10}', 0.95), pg_temp.mark('e-2', '{0,10,20}', 0.6) \gset
select pg_temp.anomalies() \gset
select results_eq('select state from pg_temp.episodes(''e-1'') union all select state from pg_temp.episodes(''e-2'')', $$values ('candidate'), ('open')$$, 'a policy sets both limits');
delete from detect.policy;
select pg_temp.forget(), pg_temp.mark('e-1', '{0,10,20}', 0.59) \gset
select is(pg_temp.anomalies(), 0::bigint, 'points below the lowest threshold are nothing');

-- Going on, getting worse.
select pg_temp.forget(), pg_temp.mark('e-1', '{0,10}', 0.85) \gset
select pg_temp.anomalies() \gset
update detect.anomaly set alert_pending = false;
create temp table begun as select anomaly_id, explanation from detect.anomaly;
select pg_temp.mark('e-1', '{20}', 0.65) \gset
select is(pg_temp.anomalies(), 1::bigint, 'a new point');
select results_eq('of_e1', $$values ('open', 'high', 0::float8, 20::float8, 3, 0.85::float8, 0::float8)$$, 'lengthens the anomaly');
select is((select alert_pending from detect.anomaly), false, 'which is no news to the alerts job');
update detect.device_feature set values = '{905,9,80.5,0.5,0.5,0.5}' where ts = pg_temp.instant(10);
select pg_temp.mark('e-1', '{10}', 0.92) \gset
select is(pg_temp.anomalies(), 1::bigint, 'a higher peak');
select results_eq('of_e1', $$values ('open', 'critical', 0::float8, 20::float8, 3, 0.92::float8, 10::float8)$$, 'makes it worse');
select is((select alert_pending from detect.anomaly), true, 'which is');
select is((select explanation #>> '{0,feature}' from detect.anomaly), 'oil', 'and is explained by what stood out then');
select is((select anomaly_id from detect.anomaly), (select anomaly_id from begun), 'it is still the same anomaly');
update detect.anomaly set alert_pending = false, acknowledged_at = now(), acknowledged_by = 'somebody', note = 'seen';
select pg_temp.mark('e-1', '{30}', 0.93) \gset
select pg_temp.anomalies() \gset
select is((select row(acknowledged_by, note, alert_pending)::text from detect.anomaly), '(somebody,seen,f)', 'as severe as before, it stays acknowledged and raises no alert');

-- Late points.
select pg_temp.mark('e-1', '{-20}', 0.7) \gset
select pg_temp.anomalies() \gset
select results_eq('of_e1', $$values ('open', 'critical', -20::float8, 30::float8, 5, 0.93::float8, 30::float8)$$, 'a late point before the anomaly belongs to it');
select pg_temp.forget(), pg_temp.mark('e-1', '{0}', 0.95), pg_temp.mark('e-1', '{50}', 0.65) \gset
select pg_temp.anomalies() \gset
select is((select count(*) from pg_temp.episodes('e-1') where state = 'candidate'), 1::bigint, 'a candidate that came to nothing is dropped, a later one stays');
select pg_temp.mark('e-1', '{25}', 0.65) \gset
select pg_temp.anomalies() \gset
select results_eq('of_e1', $$values ('open', 'critical', 0::float8, 50::float8, 3, 0.95::float8, 0::float8)$$, 'a late point between brings them together');
select pg_temp.forget(), pg_temp.mark('e-1', '{0,10}', 0.85), pg_temp.mark('e-1', '{60,65}', 0.65) \gset
select pg_temp.anomalies() \gset
select set_eq('select state, first, last from pg_temp.episodes(''e-1'')', $$values ('closed', 0::float8, 10::float8), ('candidate', 60, 65)$$, 'an anomaly and a candidate');
select pg_temp.mark('e-1', '{35}', 0.65) \gset
select pg_temp.anomalies() \gset
select results_eq('of_e1', $$values ('open', 'high', 0::float8, 65::float8, 5, 0.85::float8, 0::float8)$$, 'become one, which is open again');
select pg_temp.forget(), pg_temp.mark('e-1', '{0,10}', 0.85), pg_temp.mark('e-1', '{60,70}', 0.95), pg_temp.mark('e-1', '{120,130}', 0.82) \gset
select pg_temp.anomalies() \gset
create temp table apart as select anomaly_id, started_at from detect.anomaly;
update detect.anomaly set acknowledged_at = now(), acknowledged_by = 'somebody' where started_at = pg_temp.instant(60);
select pg_temp.mark('e-1', '{35,95}', 0.65) \gset
select pg_temp.anomalies() \gset
select results_eq('of_e1', $$values ('open', 'critical', 0::float8, 130::float8, 8, 0.95::float8, 60::float8)$$, 'three anomalies that late points connect are one');
select is((select anomaly_id from detect.anomaly), (select anomaly_id from apart order by started_at limit 1), 'the first of them');
select is((select acknowledged_by from detect.anomaly), 'somebody', 'and acknowledged if one of them was');

-- Corrections that make a point ordinary.
select pg_temp.forget(), pg_temp.mark('e-1', '{0,10,20,30}', 0.85), pg_temp.mark('e-1', '{15}', 0.97) \gset
select pg_temp.anomalies() \gset
select pg_temp.mark('e-1', '{15}', 0.2) \gset
select pg_temp.anomalies() \gset
select results_eq('select points, peak from pg_temp.episodes(''e-1'')', 'values (4, 0.85::float8)', 'a corrected point no longer counts');

-- Ending: by ordinary points that follow, or a day of silence.
select pg_temp.forget(), pg_temp.mark('e-1', '{0,10}', 0.85), pg_temp.mark('e-1', '{40}', 0.2) \gset
select pg_temp.anomalies() \gset
select results_eq('select state, last from pg_temp.episodes(''e-1'')', $$values ('open', 10::float8)$$, 'as long as the gap has not passed it is open');
select pg_temp.mark('e-1', '{40.1}', 0.2) \gset
select is(pg_temp.anomalies(), 1::bigint, 'when the device has been ordinary for longer');
select results_eq('select state, last from pg_temp.episodes(''e-1'')', $$values ('closed', 10::float8)$$, 'it is closed, and ended at its last anomalous point');
select is(pg_temp.anomalies(), 0::bigint, 'once');
select pg_temp.forget(), pg_temp.mark('e-1', '{-230,-239}', 0.85), pg_temp.mark('e-2', '{-250,-241}', 0.85) \gset
select pg_temp.anomalies() \gset
select results_eq('select state from pg_temp.episodes(''e-1'')', $$values ('open')$$, 'an episode of a device that fell silent stays open for a day');
select results_eq('select state from pg_temp.episodes(''e-2'')', $$values ('closed')$$, 'and not for longer');
select pg_temp.forget(), pg_temp.mark('e-2', '{-250}', 0.85) \gset
select pg_temp.anomalies() \gset
select is_empty('select * from pg_temp.episodes(''e-2'')', 'a candidate of a silent device is dropped');
select pg_temp.forget(), pg_temp.mark('e-1', '{0}', 0.85) \gset
select pg_temp.anomalies() \gset
select is(pg_temp.asked('acme', 'viewer', 'select * from api.anomalies'), '[]', 'candidates are not shown');

-- Streams and tenants apart.
select pg_temp.forget(), pg_temp.mark('e-1', '{0,20}', 0.85), pg_temp.mark('e-2', '{10,30}', 0.95) \gset
select is(pg_temp.anomalies(), 2::bigint, 'each stream has episodes of its own');
select results_eq('select first, last, points from pg_temp.episodes(''e-2'')', 'values (10::float8, 30::float8, 2)', 'with its own points');
select pg_temp.mark('e-1', '{40}', 0.85) \gset
select ops.create_tenant('globex', 'Globex') \gset
select is(detect.compute_anomalies(pg_temp.tenant('globex')), 0::bigint, 'another tenant''s job');
select is((select count(*) from detect.score_change where tenant_id = pg_temp.tenant('acme')), 1::bigint, 'leaves this one''s scores to this one');

-- Whatever the order in which scores arrive, the same episodes come of them.
insert into detect.policy (tenant_id, profile_id, opens_at, min_points, episode_gap) values (pg_temp.tenant('acme'), pg_temp.profile('acme', 'engine'), 'low', 1, '7 minutes');
select pg_temp.forget() \gset
select setseed(0.6) \gset
create temp table arriving as select e, n as minute, 0.05 + 0.9 * random() ^ 1.5 as score from generate_series(1, 2) e, generate_series(0, 299, 2) n;
select pg_temp.mark('e-' || e, array[minute], score) from arriving \g /dev/null
select pg_temp.anomalies() \gset
create temp table at_once as select d, x.* from unnest('{e-1,e-2}'::text[]) d, pg_temp.episodes(d) x;
select cmp_ok((select count(*) from at_once), '>', 15::bigint, 'there are many episodes');
select pg_temp.forget() \gset
do $$
declare
  v_batch record;
begin
  for v_batch in
    select jsonb_agg(jsonb_build_array('e-' || e, minute, score)) as scores
    from (select e, minute, score, row_number() over (order by random()) as n from arriving) x group by n / 11
  loop
    perform pg_temp.mark(s ->> 0, array[(s ->> 1)::float8], (s ->> 2)::float8) from jsonb_array_elements(v_batch.scores) s;
    perform pg_temp.anomalies();
  end loop;
end $$;
select set_eq('select d, x.* from unnest(''{e-1,e-2}''::text[]) d, pg_temp.episodes(d) x', 'table at_once', 'shuffled scores, a few at a time, make the same episodes');
select is(
  (select count(*) from detect.anomaly a join detect.anomaly b using (stream_id) where a.anomaly_id < b.anomaly_id and (a.started_at, a.ended_at) overlaps (b.started_at, b.ended_at)), 0::bigint,
  'none of which overlap');

select * from finish();
rollback;
