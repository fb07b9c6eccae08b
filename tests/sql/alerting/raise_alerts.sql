-- Alerts: which anomalies raise one, what is sent, when it is resolved.
begin;
set local client_min_messages = warning;
select plan(36);
\ir ../support/names.psql
\ir ../support/engines.psql
create function pg_temp.alerts() returns bigint language sql as $$ select alerting.raise_alerts(pg_temp.tenant('acme')) $$;
create function pg_temp.rule(name text, min_severity text default 'low', min_score float8 default 0, profile text default null, max_age interval default '1 day', channels text[] default '{}') returns void
language sql as $$
  with made as (
    insert into alerting.rule (tenant_id, name, min_severity, min_score, profile_id, max_age)
    values (pg_temp.tenant('acme'), name, min_severity, min_score, pg_temp.profile('acme', profile), max_age) returning rule_id
  )
  insert into alerting.rule_channel (tenant_id, rule_id, channel_id)
  select pg_temp.tenant('acme'), m.rule_id, c.channel_id from made m, alerting.channel c where c.tenant_id = pg_temp.tenant('acme') and c.name = any (channels)
$$;
create function pg_temp.raised() returns table (rule text, severity text, state text)
language sql as $$ select r.name, a.severity, a.state from alerting.alert a join alerting.rule r using (tenant_id, rule_id) where a.tenant_id = pg_temp.tenant('acme') $$;
create function pg_temp.sent() returns table (rule text, channel text)
language sql as $$
  select r.name, c.name from alerting.notification n join alerting.channel c using (tenant_id, channel_id)
  join alerting.alert a on a.alert_id = n.alert_id join alerting.rule r on r.rule_id = a.rule_id where n.tenant_id = pg_temp.tenant('acme')
$$;
-- An episode of a severity that has just been found.
create function pg_temp.found(device text, minutes float8[], score float8) returns bigint
language sql as $$ select pg_temp.mark(device, minutes, score); select detect.compute_anomalies(pg_temp.tenant('acme')) $$;
delete from alerting.rule where tenant_id = pg_temp.tenant('acme');
insert into alerting.channel (tenant_id, name, url, secret_ref, enabled)
select pg_temp.tenant('acme'), n, 'https://hooks.example.com/' || n, 'hook', n <> 'asleep' from unnest('{day,night,asleep}'::text[]) n;

-- Thresholds of severity and score.
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

-- It gets worse.
select pg_temp.found('e-1', '{1120}', 0.95) \gset
select is(pg_temp.alerts(), 2::bigint, 'an anomaly that got worse raises the alerts it now deserves');
select set_eq('select * from pg_temp.raised()',
  $$values ('low', 'critical', 'open'), ('high', 'critical', 'open'), ('at 0.85', 'critical', 'open'), ('critical', 'critical', 'open'), ('above 0.85', 'critical', 'open')$$,
  'and makes the others as severe');

-- Which profile, and how old.
delete from alerting.rule where tenant_id = pg_temp.tenant('acme');
select is((select count(*) from alerting.alert where tenant_id = pg_temp.tenant('acme')), 0::bigint, 'alerts leave with their rule');
select fleet.create_profile(pg_temp.tenant('acme'), 'boiler', '["heat"]') \gset
select pg_temp.rule('engines', profile => 'engine'), pg_temp.rule('boilers', profile => 'boiler'), pg_temp.rule('last two hours', max_age => '2 hours'), pg_temp.rule('last hour', max_age => '59 minutes'),
  pg_temp.rule('off') \gset
update alerting.rule set enabled = false where name = 'off';
update detect.anomaly set alert_pending = true, ended_at = pg_temp.instant(1140), peak_at = ended_at;
select pg_temp.alerts() \gset
select set_eq('select rule from pg_temp.raised()', $$values ('engines'), ('last two hours')$$, 'a rule is for a profile or all, for anomalies that ended lately, and can be off');
select is(pg_temp.alerts(), 0::bigint, 'what is too old is not looked at again');
select pg_temp.forget(), pg_temp.found('e-1', '{-300,-290}', 0.95) \gset
select is(pg_temp.alerts(), 0::bigint, 'history wakes nobody');
select is((select count(*) from detect.anomaly where alert_pending), 0::bigint, 'not later either');

-- Notifications: one for each enabled channel of the rule, in the same transaction.
delete from alerting.rule where tenant_id = pg_temp.tenant('acme');
select pg_temp.rule('both', channels => '{day,night}'), pg_temp.rule('one', channels => '{day,asleep}'), pg_temp.rule('none') \gset
select pg_temp.forget(), pg_temp.found('e-2', '{1100,1110}', 0.85) \gset
select is(pg_temp.alerts(), 3::bigint, 'an alert with channels');
select set_eq('select * from pg_temp.sent()', $$values ('both', 'day'), ('both', 'night'), ('one', 'day')$$, 'is written to the outbox once for each channel that is on');
select results_eq($$select state, attempt, next_attempt_at = now(), delivered_at from alerting.notification where tenant_id = pg_temp.tenant('acme')$$,
  $$select 'pending', 0, true, null::timestamptz from generate_series(1, 3)$$, 'due at once');
select is((select count(distinct message_id) from alerting.notification where message_id ~ '^msg_[0-9a-f]{32}$'), 3::bigint, 'under an id of its own');
create temp table payload as
select n.payload::jsonb as p, a.alert_id, a.anomaly_id from alerting.notification n join alerting.alert a using (tenant_id, alert_id) join alerting.rule r using (tenant_id, rule_id) where r.name = 'one';
select results_eq($$select array_agg(k order by k) from payload, jsonb_object_keys(p) k$$, $$values ('{data,timestamp,type}'::text[])$$, 'the payload has type, timestamp and data');
select matches((select p ->> 'timestamp' from payload), '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$', 'a timestamp in UTC');
select results_eq(
  $$select p ->> 'type', (p #>> '{data,alert_id}')::bigint = alert_id, (p #>> '{data,anomaly_id}')::bigint = anomaly_id, p #>> '{data,tenant}', p #>> '{data,rule}', p #>> '{data,severity}',
      p #> '{data,device}', p #>> '{data,profile}', p #> '{data,score}', jsonb_array_length(p #> '{data,explanation}'), (p #>> '{data,peak_at}')::timestamptz
    from payload$$,
  $$values ('alert.raised', true, true, 'acme', 'one', 'high', '{"id": "e-2", "name": "e-2", "model": null, "site": null}'::jsonb, 'engine', '0.85'::jsonb, 5, pg_temp.instant(1100))$$,
  'and data that says what happened where');
select is((select count(*) from payload where p::text ~ 'secret|hooks.example'), 0::bigint, 'but not where it is sent or how it is signed');
update detect.anomaly set alert_pending = true;
select pg_temp.alerts() \gset
select is((select count(*) from pg_temp.sent()), 3::bigint, 'looking again sends nothing');
select pg_temp.found('e-2', '{1120}', 0.97) \gset
select pg_temp.alerts() \gset
select is((select count(*) from pg_temp.sent()), 3::bigint, 'nor does getting worse');
select is((select array_agg(distinct severity) from pg_temp.raised()), '{critical}', 'which shows on the alert');

-- Resolved with the anomaly.
select pg_temp.found('e-2', '{1160}', 0.1) \gset
select is(pg_temp.alerts(), 3::bigint, 'when the anomaly has closed');
select is((select array_agg(distinct state) from pg_temp.raised()), '{resolved}', 'its alerts are resolved');
select is((select count(*) from alerting.alert where tenant_id = pg_temp.tenant('acme') and resolved_at = now()), 3::bigint, 'at that time');
select is(pg_temp.alerts(), 0::bigint, 'once');
select is((select count(*) from pg_temp.sent()), 3::bigint, 'without another notification');
select pg_temp.found('e-1', '{1180,1190}', 0.95) \gset
select is(pg_temp.alerts(), 3::bigint, 'the next anomaly raises alerts of its own');
update alerting.alert set state = 'acknowledged', acknowledged_at = now() where tenant_id = pg_temp.tenant('acme') and state = 'open';
update detect.anomaly set state = 'closed' where state = 'open';
select is(pg_temp.alerts(), 3::bigint, 'acknowledged ones are resolved like open ones');

-- Anomalies that late points make one.
select pg_temp.forget(), pg_temp.found('e-1', '{600,605}', 0.85), pg_temp.found('e-1', '{660,665}', 0.85) \gset
select pg_temp.alerts() \gset
create temp table apart as select a.alert_id, a.rule_id, a.anomaly_id from alerting.alert a where tenant_id = pg_temp.tenant('acme');
select is((select count(*) from apart), 6::bigint, 'two anomalies with three alerts each');
delete from alerting.alert where rule_id = (select rule_id from alerting.rule where name = 'none') and anomaly_id = (select min(anomaly_id) from apart);
select pg_temp.found('e-1', '{632}', 0.65) \gset
select set_eq('select alert_id, rule_id, anomaly_id from alerting.alert where tenant_id = pg_temp.tenant(''acme'')',
  $$select max(alert_id) filter (where (anomaly_id = x.first) = (r.name <> 'none')), rule_id, x.first from apart join alerting.rule r using (rule_id), (select min(anomaly_id) as first from apart) x group by rule_id, x.first$$,
  'leave one alert of each rule, which belongs to the one that stays');
select is((select count(*) from detect.anomaly), 1::bigint, 'and there is one');

-- Other tenants.
select ops.create_tenant('globex', 'Globex') \gset
update detect.anomaly set alert_pending = true;
select is(alerting.raise_alerts(pg_temp.tenant('globex')), 0::bigint, 'a tenant''s job leaves the anomalies of others alone');

select * from finish();
rollback;
