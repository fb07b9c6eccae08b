-- Which model scores a stream: the narrowest active one that covers it.
begin;
select plan(16);
\ir ../support/names.psql
\ir ../support/pumps.psql

-- Models by what they cover, and the model of each pump by the same words.
create temp table known (what text, id int);
create function pg_temp.make(scope text, target text default null) returns void
language sql as $$ insert into known select concat_ws(' ', scope, target), pg_temp.train(scope, target) $$;
create function pg_temp.covered_by() returns text[]
language sql as $$
  select array_agg(coalesce((
      select k.what from known k where k.id = detect.active_model(pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-' || n))), '-') order by n)
  from generate_series(1, 6) n
$$;

select is(pg_temp.covered_by(), '{-,-,-,-,-,-}', 'without a model nothing is covered');
select pg_temp.make('site', 'emea') \gset
select is(pg_temp.covered_by(), '{site emea,site emea,-,site emea,-,-}', 'a site''s model covers the sites below it');
select pg_temp.make('profile') \gset
select is(pg_temp.covered_by(), '{site emea,site emea,profile,site emea,profile,profile}', 'the profile''s all the rest');
select pg_temp.make('site', 'emea.de') \gset
select is(pg_temp.covered_by(), '{site emea.de,site emea.de,profile,site emea,profile,profile}', 'the nearest site counts');
select pg_temp.make('site', 'emea.de.berlin') \gset
select is(pg_temp.covered_by(), '{site emea.de.berlin,site emea.de,profile,site emea,profile,profile}', 'to the leaf');
select pg_temp.make('device_model', 'M1') \gset
select is(pg_temp.covered_by(), '{device_model M1,device_model M1,device_model M1,site emea,profile,profile}', 'a device model''s is narrower than any site''s');
select pg_temp.make('stream', 'p-1') \gset
select is(pg_temp.covered_by(), '{stream p-1,device_model M1,device_model M1,site emea,profile,profile}', 'a stream''s own is the narrowest');

-- Devices move.
update fleet.device set site_id = pg_temp.site('acme', 'emea.de') where external_id = 'p-4';
select is((pg_temp.covered_by())[4], 'site emea.de', 'a device that moves is covered by its new site''s model');
update fleet.device set model = 'M1' where external_id = 'p-6';
select is((pg_temp.covered_by())[6], 'device_model M1', 'and one that turns out to be of a model, by that model''s');
update fleet.site set path = 'emea.fr' where tenant_id = pg_temp.tenant('acme') and path = 'emea.de';
select is(pg_temp.covered_by(), '{stream p-1,device_model M1,device_model M1,site emea.de,profile,device_model M1}', 'a site that moves keeps its model');
update fleet.site set path = 'emea.de' where tenant_id = pg_temp.tenant('acme') and path = 'emea.fr';

-- A new device is covered from its first reading.
select fleet.open_stream(pg_temp.tenant('acme'), 'p-7', 'pump') \gset
insert into fleet.reading (tenant_id, stream_id, ts, values)
values (pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-7'), '2026-01-01 00:50Z', '{7.5,50,42,null}');
select detect.compute_features(pg_temp.tenant('acme')) \gset
select detect.compute_scores(pg_temp.tenant('acme')) \gset
select results_eq(
  $$select (select what from known where id = s.model_id), s.ts, s.score = (select vigil.anomaly_score(m.bytes, '{7.5,50,42,null}') from detect.model m where m.model_id = s.model_id)
    from detect.score s where s.stream_id = pg_temp.stream('acme', 'p-7')$$,
  $$values ('profile', '2026-01-01 00:50Z'::timestamptz, true)$$, 'the first reading of a new device is scored by its profile''s model');

-- What does not count.
update detect.model set status = 'superseded' where model_id = (select id from known where what = 'stream p-1');
select is((pg_temp.covered_by())[1], 'device_model M1', 'a superseded model covers nothing');
select ops.create_tenant('globex', 'Globex') \gset
select fleet.create_profile(pg_temp.tenant('globex'), 'pump', '["flow", "heat", "head", "noise"]'), fleet.open_stream(pg_temp.tenant('globex'), 'p-1', 'pump') \gset
update fleet.device set model = 'M1' where tenant_id = pg_temp.tenant('globex');
select is(detect.active_model(pg_temp.tenant('globex'), pg_temp.stream('globex', 'p-1')), null, 'nor does another tenant''s');
select fleet.create_profile(pg_temp.tenant('acme'), 'valve', '["flow"]'), fleet.open_stream(pg_temp.tenant('acme'), 'v-1', 'valve') \gset
update fleet.device set model = 'M1' where external_id = 'v-1';
select is(detect.active_model(pg_temp.tenant('acme'), pg_temp.stream('acme', 'v-1')), null, 'or another profile''s');
select detect.define_features(pg_temp.tenant('acme'), pg_temp.profile('acme', 'pump'), '[{"statistic": "raw", "metrics": ["flow"]}]') \gset
select is(pg_temp.covered_by(), '{-,-,-,-,-,-}', 'models of an outdated feature set cover nothing');
truncate known;
select pg_temp.make('profile') \gset
select is(pg_temp.covered_by(), '{profile,profile,profile,profile,profile,profile}', 'until one is trained on the new set');

select * from finish();
rollback;
