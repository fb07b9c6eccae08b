-- Rules about anomalies: which of them raise an alert, and when it is resolved.
begin;
set local client_min_messages = warning;
select plan(51);
\ir ../support/names.psql
\ir ../support/engines.psql
\ir ../support/refusal.psql
create function pg_temp.alerts() returns bigint language sql as $$ select alerting.raise_alerts(pg_temp.tenant('acme')) $$;
create function pg_temp.rule(name text, min_severity text default 'low', min_score float8 default 0, profile text default null, max_age interval default '1 day', params jsonb default '{}') returns void
language sql as $$
  insert into alerting.rule (tenant_id, name, min_severity, min_score, profile_id, max_age, params)
  values (pg_temp.tenant('acme'), name, min_severity, min_score, pg_temp.profile('acme', profile), max_age, params)
$$;
create function pg_temp.raised() returns table (rule text, severity text, state text)
language sql as $$ select a.labels ->> 'rule', a.severity, a.state from alerting.alert a where a.tenant_id = pg_temp.tenant('acme') $$;
-- An episode of a severity that has just been found.
create function pg_temp.found(device text, minutes float8[], score float8) returns bigint
language sql as $$ select pg_temp.mark(device, minutes, score); select detect.compute_anomalies(pg_temp.tenant('acme')) $$;
create function pg_temp.start() returns void
language sql as $$
  delete from alerting.alert where tenant_id = pg_temp.tenant('acme');
  delete from alerting.rule where tenant_id = pg_temp.tenant('acme');
  select pg_temp.forget();
$$;

-- Thresholds of severity and score.
select pg_temp.start() \gset
select pg_temp.found('e-1', '{1100,1110}', 0.85) \gset
select pg_temp.rule('low', 'low'), pg_temp.rule('high', 'high'), pg_temp.rule('critical', 'critical'), pg_temp.rule('at 0.85', 'low', 0.85), pg_temp.rule('above 0.85', 'low', 0.8500001) \gset
select is(pg_temp.alerts(), 3::bigint, 'rules whose limits an anomaly reaches raise an alert each');
select set_eq('select * from pg_temp.raised()', $$values ('low', 'high', 'open'), ('high', 'high', 'open'), ('at 0.85', 'high', 'open')$$, 'a limit that is just reached counts');
select is((select alert_pending from detect.anomaly), false, 'the anomaly has been looked at');
select is(pg_temp.alerts(), 0::bigint, 'once');
update detect.anomaly set alert_pending = true;
select is(pg_temp.alerts(), 0::bigint, 'looking again raises no second alert of a rule for an anomaly');
select is((select count(*) from pg_temp.raised()), 3::bigint, 'there is one for each');
select ok((select bool_and(summary ~ '^high anomaly on e-1: \S+ (above|below|within) its typical range$') from alerting.alert where tenant_id = pg_temp.tenant('acme')), 'with a summary');
select results_eq($$
  select al.dedup_key = format('rule:%s:stream:%s', al.rule_id, pg_temp.stream('acme', 'e-1')), al.anomaly_id = a.anomaly_id, d.external_id, al.value,
    al.labels - 'metric', al.labels ->> 'metric' = a.explanation -> 0 ->> 'metric'
  from alerting.alert al
  join detect.anomaly a using (tenant_id)
  join fleet.device d using (tenant_id, device_id)
  where al.labels ->> 'rule' = 'high' and al.tenant_id = pg_temp.tenant('acme')$$,
  $$values (true, true, 'e-1', 0.85::float8, '{"kind": "anomaly", "rule": "high", "severity": "high", "device": "e-1", "profile": "engine"}'::jsonb, true)$$,
  'and says what it is about');

-- It gets worse.
select pg_temp.found('e-1', '{1120}', 0.95) \gset
select is(pg_temp.alerts(), 2::bigint, 'an anomaly that got worse raises the alerts it now deserves');
select set_eq('select * from pg_temp.raised()',
  $$values ('low', 'critical', 'open'), ('high', 'critical', 'open'), ('at 0.85', 'critical', 'open'), ('critical', 'critical', 'open'), ('above 0.85', 'critical', 'open')$$,
  'and makes the others as severe');
select is((select array_agg(distinct occurrences) from alerting.alert where labels ->> 'rule' in ('low', 'high', 'at 0.85')), '{3}', 'each time is counted');

-- Which profile, and how old.
select pg_temp.start() \gset
select fleet.create_profile(pg_temp.tenant('acme'), 'boiler', '["heat"]') \gset
select pg_temp.rule('engines', profile => 'engine'), pg_temp.rule('boilers', profile => 'boiler'), pg_temp.rule('last two hours', max_age => '2 hours'), pg_temp.rule('last hour', max_age => '59 minutes'),
  pg_temp.rule('off') \gset
update alerting.rule set enabled = false where name = 'off';
select pg_temp.found('e-1', '{1100,1110}', 0.85) \gset
update detect.anomaly set ended_at = pg_temp.instant(1140), peak_at = ended_at;
select pg_temp.alerts() \gset
select set_eq('select rule from pg_temp.raised()', $$values ('engines'), ('last two hours')$$, 'a rule is for a profile or all, for anomalies that ended lately, and can be off');
select is(pg_temp.alerts(), 0::bigint, 'what is too old is not looked at again');
select pg_temp.forget(), pg_temp.found('e-1', '{-300,-290}', 0.95) \gset
select pg_temp.alerts() \gset
select is((select array_agg(distinct state) from pg_temp.raised()), '{resolved}', 'history wakes nobody');
select is((select count(*) from detect.anomaly where alert_pending), 0::bigint, 'not later either');

-- Which devices.
select pg_temp.start() \gset
insert into fleet.site (tenant_id, path, name) select pg_temp.tenant('acme'), p::public.ltree, p from unnest('{emea,emea.berlin}'::text[]) p;
update fleet.device set site_id = pg_temp.site('acme', 'emea.berlin'), model = 'V8', attributes = '{"hall": 3}' where tenant_id = pg_temp.tenant('acme') and external_id = 'e-1';
insert into alerting.rule (tenant_id, name, min_severity, site, device_model, device_attributes)
select pg_temp.tenant('acme'), n, 'low', s::public.ltree, m, a::jsonb
from (values ('emea', 'emea', null, null), ('apac', 'apac', null, null), ('V8', null, 'V8', null), ('V6', null, 'V6', null), ('hall 3', null, null, '{"hall": 3}'), ('hall 4', null, null, '{"hall": 4}')) x (n, s, m, a);
select pg_temp.found('e-1', '{1100,1110}', 0.85), pg_temp.found('e-2', '{1100,1110}', 0.85) \gset
select is(pg_temp.alerts(), 3::bigint, 'a rule may be for a site with all below it, a model, or attributes');
select set_eq('select rule from pg_temp.raised()', $$values ('emea'), ('V8'), ('hall 3')$$, 'of the device');

-- Which models.
select pg_temp.start() \gset
select pg_temp.rule(s, params => jsonb_build_object('model_scope', s)) from unnest('{stream,device_model,site,profile}'::text[]) s \g /dev/null
select pg_temp.found('e-1', '{1100,1110}', 0.85) \gset
select pg_temp.alerts() \gset
select set_eq('select rule from pg_temp.raised()', $$values ('profile')$$, 'a rule may be for what one kind of model finds');

-- Persistence.
select pg_temp.start() \gset
select pg_temp.rule('3 of 4', 'high', params => '{"persist": {"n": 3, "m": 4}}'), pg_temp.rule('3 of 3', 'high', params => '{"persist": {"n": 3, "m": 3}}'),
  pg_temp.rule('3 of 4 low', 'low', params => '{"persist": {"n": 3, "m": 4}}'), pg_temp.rule('1 of 1', 'high', params => '{"persist": {"n": 1, "m": 1}}') \gset
select pg_temp.found('e-1', '{1100,1101}', 0.85) \gset
select pg_temp.alerts() \gset
select set_eq('select rule from pg_temp.raised()', $$values ('1 of 1')$$, 'n of the last m scores');
select pg_temp.found('e-1', '{1102}', 0.65) \gset
select pg_temp.alerts() \gset
select set_eq('select rule from pg_temp.raised()', $$values ('1 of 1'), ('3 of 4 low')$$, 'reach the least severity of the rule');
select pg_temp.found('e-1', '{1103}', 0.85) \gset
select is(pg_temp.alerts(), 1::bigint, 'which may come about after the anomaly was found');
select set_eq('select rule from pg_temp.raised()', $$values ('1 of 1'), ('3 of 4 low'), ('3 of 4')$$, 'not necessarily in a row');
select is(pg_temp.alerts(), 0::bigint, 'once');
select pg_temp.found('e-1', '{1104,1105}', 0.82) \gset
select is(pg_temp.alerts(), 1::bigint, 'or in a row');

-- Resolved with the anomaly.
select pg_temp.start() \gset
select pg_temp.rule('one'), pg_temp.rule('two'), pg_temp.rule('three') \gset
select pg_temp.found('e-2', '{1100,1110}', 0.85) \gset
select pg_temp.alerts() \gset
select pg_temp.found('e-2', '{1160}', 0.1) \gset
select is(pg_temp.alerts(), 3::bigint, 'when the anomaly has closed');
select is((select array_agg(distinct state) from pg_temp.raised()), '{resolved}', 'its alerts are resolved');
select is(pg_temp.alerts(), 0::bigint, 'once');
select pg_temp.found('e-1', '{1180,1190}', 0.95) \gset
select is(pg_temp.alerts(), 3::bigint, 'an anomaly of another device raises alerts of its own');
select pg_temp.found('e-2', '{1191,1192}', 0.85) \gset
select is(pg_temp.alerts(), 3::bigint, 'the next one of a device that had one');
select is((select count(*) from pg_temp.raised()), 6::bigint, 'begins its alerts again');
select is((select count(*) from alerting.alert al join detect.anomaly a using (tenant_id, anomaly_id) where al.tenant_id = pg_temp.tenant('acme') and al.state = 'open' and a.state = 'open'), 6::bigint, 'which are about the new anomaly');

-- One that was over before anybody looked is told once.
select pg_temp.start() \gset
select pg_temp.rule('one') \gset
select pg_temp.alerts() \gset
select pg_temp.found('e-1', '{1100,1110}', 0.85), pg_temp.found('e-1', '{1160}', 0.1) \gset
select is((select state from detect.anomaly), 'closed', 'an anomaly that was over when it was found');
select pg_temp.alerts() \gset
select is((select array_agg(state) from pg_temp.raised()), '{open}', 'is told');
select pg_temp.alerts() \gset
select is((select array_agg(state) from pg_temp.raised()), '{resolved}', 'and then resolved');

-- Late readings tell of an earlier time while something is going on.
select pg_temp.start() \gset
select pg_temp.rule('one') \gset
select pg_temp.found('e-1', '{1180,1190}', 0.95) \gset
select pg_temp.alerts() \gset
create temp table going as select anomaly_id, summary from alerting.alert where tenant_id = pg_temp.tenant('acme');
select pg_temp.found('e-1', '{600,610}', 0.99) \gset
select results_eq('select state, peak from pg_temp.episodes(''e-1'') order by first', $$values ('closed', 0.99::float8), ('open', 0.95)$$, 'an anomaly of earlier that is found late');
select is(pg_temp.alerts(), 0::bigint, 'raises nothing while another of the device is going on');
select results_eq('select anomaly_id, summary from alerting.alert where tenant_id = pg_temp.tenant(''acme'')', 'table going', 'whose alert says what it said');
select pg_temp.alerts() \gset
select is((select array_agg(state) from pg_temp.raised()), '{open}', 'and stays open');
select is((select array_agg(i.state) from alerting.incident i join alerting.alert al using (tenant_id, incident_id) where i.tenant_id = pg_temp.tenant('acme')), '{open}', 'as does its incident');
select pg_temp.found('e-1', '{1195}', 0.97), pg_temp.found('e-1', '{1230}', 0.1), pg_temp.alerts() \gset
select is((select array_agg(state) from pg_temp.raised()), '{resolved}', 'until it has closed itself');

-- A rule that is new, or changed.
select pg_temp.start() \gset
select pg_temp.found('e-1', '{1180,1190}', 0.85) \gset
update detect.anomaly set alert_pending = false;
select pg_temp.rule('late') \gset
select is(pg_temp.alerts(), 1::bigint, 'a rule that is new looks at what is open');
update alerting.rule set min_severity = 'critical' where name = 'late' and tenant_id = pg_temp.tenant('acme');
select is(pg_temp.alerts(), 1::bigint, 'one that is changed');
select is((select array_agg(state) from pg_temp.raised()), '{resolved}', 'ends what it would not raise');

-- Anomalies that late points make one.
select pg_temp.start() \gset
select pg_temp.rule('one'), pg_temp.rule('two') \gset
select pg_temp.found('e-1', '{600,605}', 0.85) \gset
select pg_temp.alerts() \gset
select pg_temp.found('e-1', '{660,665}', 0.85) \gset
select pg_temp.alerts() \gset
select pg_temp.alerts() \gset
select is((select count(distinct anomaly_id) from detect.anomaly), 2::bigint, 'two anomalies');
select pg_temp.found('e-1', '{632}', 0.65) \gset
select is((select count(*) from detect.anomaly), 1::bigint, 'become one');
select is((select count(*) from alerting.alert al join detect.anomaly a using (tenant_id, anomaly_id)), 2::bigint, 'that the alerts are about');

-- What is refused.
select matches(pg_temp.refusal(format('select pg_temp.rule(''x'', params => %L)', p)), '^22023: ' || m, 'refused: ' || m)
from (values
  ('{"persist": 3}', '"persist" must be a JSON object'),
  ('{"persist": {"n": 3}}', '"persist" must be \{"n": …, "m": …\}'),
  ('{"persist": {"n": 4, "m": 3}}', 'of "persist" n must be from 1 to m'),
  ('{"model_scope": "world"}', '"model_scope" must be one of stream')) x (p, m);

-- Other tenants.
select ops.create_tenant('globex', 'Globex') \gset
update detect.anomaly set alert_pending = true;
select is(alerting.raise_alerts(pg_temp.tenant('globex')), 0::bigint, 'a tenant''s job leaves the anomalies of others alone');

select * from finish();
rollback;
