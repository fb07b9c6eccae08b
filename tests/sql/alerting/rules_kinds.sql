-- Rules about trends, forecasts, drift, the system itself and views.
begin;
set local client_min_messages = warning;
select plan(42);
\ir ../support/names.psql
\ir ../support/refusal.psql
select ops.create_tenant('acme', 'Acme') \gset
select fleet.create_profile(pg_temp.tenant('acme'), 'sensor', '["heat", "disk"]') \gset
select fleet.open_stream(pg_temp.tenant('acme'), 'm-' || n, 'sensor') from generate_series(1, 3) n \g /dev/null
delete from alerting.rule where tenant_id = pg_temp.tenant('acme');
-- Minute 0 is twenty hours ago, on the hour.
create function pg_temp.instant(minute float8) returns timestamptz
language sql stable as $$ select date_bin('1 hour', now(), '2000-01-01 00:00:00+00') - interval '20 hours' + minute * interval '1 minute' $$;
create function pg_temp.run(minute float8) returns bigint
language sql as $$ select alerting.evaluate_rules(pg_temp.tenant('acme'), pg_temp.instant(minute)) $$;
create function pg_temp.open() returns table (device text, severity text, summary text)
language sql as $$
  select al.labels ->> 'device', al.severity, al.summary from alerting.alert al
  where al.tenant_id = pg_temp.tenant('acme') and al.state = 'open' and al.rule_id is not null
$$;
create function pg_temp.start(kind text, params jsonb) returns void
language sql as $$
  delete from alerting.alert where tenant_id = pg_temp.tenant('acme');
  delete from alerting.rule where tenant_id = pg_temp.tenant('acme');
  delete from fleet.reading where tenant_id = pg_temp.tenant('acme');
  insert into alerting.rule (tenant_id, name, kind, params, severity) values (pg_temp.tenant('acme'), 'it', kind, params, 'medium');
$$;
-- Heat that changes by so much an hour, with a known wobble, one reading a minute.
create function pg_temp.heat(device text, from_minute int, to_minute int, base float8, per_hour float8, wobble float8) returns void
language sql as $$
  insert into fleet.reading (tenant_id, stream_id, ts, values)
  select pg_temp.tenant('acme'), pg_temp.stream('acme', device), pg_temp.instant(n), array[base + per_hour * n / 60.0 + wobble * sin(n * n), null]
  from generate_series(from_minute, to_minute) n
$$;

-- Trends.
select pg_temp.start('trend', '{"metric": "heat", "window": "2 hours", "slope_per": "1 hour", "op": ">", "levels": {"low": 1, "high": 3}, "max_p": 0.01}') \gset
select pg_temp.heat('m-1', 0, 120, 20, 2, 0.1), pg_temp.heat('m-2', 0, 120, 20, 0.9, 0.1), pg_temp.heat('m-3', 0, 120, 20, -5, 0.1) \gset
select is(pg_temp.run(120), 1::bigint, 'a slope that breaches a level');
select results_eq('select device, severity, summary ~ ''^heat rises by (2|1\.99\d+|2\.00\d+) per 1 hour on m-1$'' from pg_temp.open()', $$values ('m-1', 'low', true)$$, 'raises an alert');
select ok((select value between 1.9 and 2.1 from alerting.alert where tenant_id = pg_temp.tenant('acme')), 'with the slope');
select pg_temp.heat('m-1', 121, 240, 20 - 8, 6, 0.1) \gset
select is(pg_temp.run(124), 0::bigint, 'a rule about trends rests for five minutes');
select pg_temp.run(240) \gset
select results_eq('select device, severity from pg_temp.open()', $$values ('m-1', 'high')$$, 'severity follows the slope');
select pg_temp.heat('m-1', 241, 400, 36, 0, 0.1) \gset
select is(pg_temp.run(400), 1::bigint, 'where it becomes level');
select is_empty('select * from pg_temp.open()', 'it is over');
select pg_temp.start('trend', '{"metric": "heat", "window": "2 hours", "slope_per": "1 hour", "op": "<", "levels": {"critical": -2}}') \gset
select pg_temp.heat('m-1', 0, 10, 20, -3, 20), pg_temp.heat('m-3', 0, 120, 20, -5, 0.1) \gset
select pg_temp.run(120) \gset
select results_eq('select device, severity, summary ~ ''^heat falls by'' from pg_temp.open()', $$values ('m-3', 'critical', true)$$, 'downwards as well; what may be chance does not count');

-- Duration of what is found.
select pg_temp.start('trend', '{"metric": "heat", "window": "2 hours", "slope_per": "1 hour", "op": ">", "levels": {"low": 1}, "for": "30 minutes", "every": "10 minutes"}') \gset
select pg_temp.heat('m-1', 0, 200, 20, 2, 0.1) \gset
select is(pg_temp.run(100), 0::bigint, 'what is found for the first time waits');
select is(pg_temp.run(105), 0::bigint, 'the rule looks every ten minutes');
select is(pg_temp.run(129), 0::bigint, 'until it has lasted');
select is(pg_temp.run(139), 1::bigint, 'then it fires');
select results_eq($$select pending_since, firing_since from alerting.rule_state where tenant_id = pg_temp.tenant('acme')$$, $$values (pg_temp.instant(100), pg_temp.instant(130))$$, 'as of when it had');

-- Forecasts.
select pg_temp.start('forecast', '{"metric": "heat", "window": "5 hours", "bucket": "10 minutes", "horizon": "3 hours", "op": ">", "limit": 40}') \gset
select pg_temp.heat('m-1', 0, 300, 20, 3, 0.1), pg_temp.heat('m-2', 0, 300, 20, 1, 0.1), pg_temp.heat('m-3', 295, 300, 90, 0, 0) \gset
select is(pg_temp.run(300), 1::bigint, 'a line that will cross the limit within the horizon');
select results_eq('select device, severity, summary ~ ''^heat is expected to be above 40 on m-1 by \d{4}-\d\d-\d\d \d\d:\d\d UTC$'' from pg_temp.open()', $$values ('m-1', 'medium', true)$$, 'raises an alert; where there is too little to go by nothing does');
select ok((select value between 1.2 and 2.2 from alerting.alert where tenant_id = pg_temp.tenant('acme')), 'with the hours until then');
select pg_temp.heat('m-1', 301, 600, 35, 0, 0.1) \gset
select is(pg_temp.run(600), 1::bigint, 'a forecast that no longer does');
select is_empty('select * from pg_temp.open()', 'ends it');
select pg_temp.start('forecast', '{"metric": "heat", "window": "5 hours", "bucket": "10 minutes", "horizon": "3 hours", "op": "<", "limit": 10.9, "interval": 0.99}') \gset
select pg_temp.heat('m-1', 0, 300, 26, -2, 4) \gset
select pg_temp.run(300) \gset
select is_empty('select * from pg_temp.open()', 'with an interval all of it must cross');
update alerting.rule set params = params - 'interval' where tenant_id = pg_temp.tenant('acme');
select pg_temp.run(301) \gset
select results_eq('select device from pg_temp.open()', $$values ('m-1')$$, 'without one the line');

-- Drift.
select pg_temp.start('drift', '{"metric": "heat", "reference": "10 hours", "current": "5 hours", "levels": {"medium": 0.1, "critical": 0.5}}') \gset
select pg_temp.heat('m-1', 0, 600, 20, 0, 1), pg_temp.heat('m-1', 601, 900, 21, 0, 1), pg_temp.heat('m-2', 0, 900, 20, 0, 1), pg_temp.heat('m-3', 0, 600, 20, 0, 1), pg_temp.heat('m-3', 750, 900, 30, 0, 1) \gset
select is(pg_temp.run(900), 1::bigint, 'values that differ from what they were');
select results_eq('select device, severity, summary ~ ''^heat on m-1 has drifted \(psi [0-9.]+ over 5 hours\)$'' from pg_temp.open()', $$values ('m-1', 'critical', true)$$, 'raise an alert; too few do not');
update alerting.rule set params = params || '{"test": "ks", "levels": {"low": 0.3}, "min_n": 100}' where tenant_id = pg_temp.tenant('acme');
select pg_temp.run(901) \gset
select set_eq('select device, severity from pg_temp.open()', $$values ('m-1', 'low'), ('m-3', 'low')$$, 'by another test');
update alerting.rule set params = params || '{"test": "js", "bins": 5, "levels": {"low": 0.4}}' where tenant_id = pg_temp.tenant('acme');
select pg_temp.run(902) \gset
select set_eq('select device, severity from pg_temp.open()', $$values ('m-3', 'low')$$, 'and another');

-- Jobs.
select pg_temp.start('system', '{"what": "job", "late": "5 minutes"}') \gset
update ops.job set last_started_at = pg_temp.instant(0), created_at = pg_temp.instant(0), expected_every = '1 minute', enabled = job_name in ('scores', 'alerts');
select is(pg_temp.run(5), 0::bigint, 'a job that has run lately');
select is(pg_temp.run(6.1), 2::bigint, 'one that has not');
select ok((select bool_and(summary ~ '^job (scores|alerts) has not run since \d{4}-') from pg_temp.open()), 'raises an alert');
update ops.job set last_started_at = pg_temp.instant(7);
select is(pg_temp.run(8), 2::bigint, 'until it runs');
insert into ops.job_run (job_name, tenant_id, started_at, finished_at, status, message)
select 'scores', t, pg_temp.instant(s), pg_temp.instant(9), 'error', m
from (values (pg_temp.tenant('acme'), 3, 'no room'), (pg_temp.tenant('acme'), 8, 'just once'), (null, 1, 'of all')) x (t, s, m);
select is(pg_temp.run(9), 1::bigint, 'one that keeps failing for the tenant');
select results_eq('select summary, severity from pg_temp.open()', $$values ('job scores fails: no room', 'medium')$$, 'does as well; failures of others show nothing');
update ops.job set last_started_at = pg_temp.instant(12);
select is(pg_temp.run(12), 1::bigint, 'until it works');

-- Workers.
select pg_temp.start('system', '{"what": "worker", "late": "1 minute"}') \gset
delete from ops.heartbeat;
select pg_temp.run(0) \gset
select results_eq('select summary from pg_temp.open()', $$values ('no worker has ever reported')$$, 'no worker at all');
insert into ops.heartbeat (component, instance, version, last_seen_at) values ('worker', 'a', '1', pg_temp.instant(0)), ('worker', 'b', '1', pg_temp.instant(1)), ('other', 'c', '1', pg_temp.instant(5));
select pg_temp.run(2) \gset
select is_empty('select * from pg_temp.open()', 'one that reports is enough');
select pg_temp.run(2.5) \gset
select ok((select summary ~ '^no worker has reported since' from pg_temp.open()), 'until it no longer does');

-- Views.
create schema reports;
grant usage on schema reports to vigil_jobs;
create table reports.stuck (tenant_id int, subject text, severity text, summary text, device text, value float8, labels jsonb);
grant select on reports.stuck to vigil_jobs;
create table reports.poor (tenant_id int, subject text);
select matches(pg_temp.refusal($$select ops.add_rule_view('acme', 'reports.poor')$$), '^42703: reports.poor has no column severity text, summary text', 'a view needs certain columns');
select matches(pg_temp.refusal($$select ops.add_rule_view('nobody', 'reports.stuck')$$), '^42704: tenant "nobody"', 'and a tenant');
select ops.add_rule_view('acme', 'reports.stuck') \gset
select pg_temp.start('view', '{"view": "reports.stuck", "every": "1 second"}') \gset
insert into reports.stuck values
  (pg_temp.tenant('acme'), 'order 7', 'critical', 'order 7 is stuck', 'm-1', 3, '{"line": "2"}'), (pg_temp.tenant('acme'), 'order-8', null, 'order 8 is stuck', null, null, null),
  (-1, 'order-9', null, 'of another', null, null, null);
select is(pg_temp.run(0), 2::bigint, 'a row is a condition that holds');
select set_eq('select device, severity, summary from pg_temp.open()', $$values ('m-1', 'critical', 'order 7 is stuck'), (null, 'medium', 'order 8 is stuck')$$, 'of the tenant');
select set_eq($$select value, labels ->> 'line' as line, dedup_key ~ ':order-8$' as is_8 from alerting.alert where tenant_id = pg_temp.tenant('acme') and state = 'open'$$, $$values (3::float8, '2', false), (null, null, true)$$, 'with value and labels');
delete from reports.stuck where subject = 'order-8';
select is(pg_temp.run(1), 1::bigint, 'a row that is gone ends it');
insert into alerting.rule (tenant_id, name, kind, params) values (pg_temp.tenant('acme'), 'peek', 'view', '{"view": "auth.login"}');
select pg_temp.run(2) \gset
select is((select last_error from alerting.rule where name = 'peek' and tenant_id = pg_temp.tenant('acme')), 'view "auth.login" is not there for rules', 'no other view is looked at');
insert into reports.stuck select pg_temp.tenant('acme'), 'o' || n, 'low', '', null, null, null from generate_series(1, 10001) n;
select pg_temp.run(3) \gset
select is((select last_error from alerting.rule where name = 'it' and tenant_id = pg_temp.tenant('acme')), 'view "reports.stuck" returns more than 10000 rows', 'and no more than is sensible');

select * from finish();
rollback;
