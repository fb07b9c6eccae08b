-- Rules about thresholds: levels, duration and hysteresis, in readings as they arrive.
begin;
set local client_min_messages = warning;
select plan(81);
\ir ../support/names.psql
\ir ../support/refusal.psql
select ops.create_tenant('acme', 'Acme') \gset
select fleet.create_profile(pg_temp.tenant('acme'), 'scanner', '["battery", "signal"]') \gset
insert into fleet.site (tenant_id, path, name) select pg_temp.tenant('acme'), p::public.ltree, p from unnest('{emea,emea.berlin,apac}'::text[]) p;
select fleet.open_stream(pg_temp.tenant('acme'), 's-' || n, 'scanner') from generate_series(1, 3) n \g /dev/null
update fleet.device d set model = 'TC52', attributes = '{"floor": 2, "owner": "dc"}', site_id = pg_temp.site('acme', 'emea.berlin') where external_id = 's-1';
delete from alerting.rule where tenant_id = pg_temp.tenant('acme');

-- Minute 0 is two hours ago.
create function pg_temp.instant(minute float8) returns timestamptz
language sql stable as $$ select date_trunc('minute', now()) - interval '2 hours' + minute * interval '1 minute' $$;
create function pg_temp.minute(ts timestamptz) returns float8
language sql stable as $$ select extract(epoch from ts - pg_temp.instant(0))::float8 / 60 $$;
create function pg_temp.read(device text, minutes float8[], batteries float8[]) returns void
language sql as $$
  insert into fleet.reading (tenant_id, stream_id, ts, values)
  select pg_temp.tenant('acme'), pg_temp.stream('acme', device), pg_temp.instant(m), array[b, 50]
  from unnest(minutes, batteries) as u (m, b)
$$;
create function pg_temp.rule(name text, params jsonb) returns void
language sql as $$
  insert into alerting.rule (tenant_id, name, kind, params) values (pg_temp.tenant('acme'), name, 'threshold', params)
$$;
-- In one transaction all that it wrote is news each time; what has been looked at is forgotten here.
create function pg_temp.run(minute float8) returns bigint
language plpgsql as $$
declare
  v_count bigint := alerting.evaluate_rules(pg_temp.tenant('acme'), pg_temp.instant(minute));
begin
  delete from fleet.export_change where tenant_id = pg_temp.tenant('acme');
  return v_count;
end
$$;
create function pg_temp.open() returns table (rule text, device text, severity text)
language sql as $$
  select al.labels ->> 'rule', al.labels ->> 'device', al.severity from alerting.alert al where al.tenant_id = pg_temp.tenant('acme') and al.state = 'open'
$$;
create function pg_temp.waiting() returns table (device text, since float8, firing float8, severity text)
language sql as $$
  select d.external_id, pg_temp.minute(s.pending_since), pg_temp.minute(s.firing_since), s.severity
  from alerting.rule_state s
  join fleet.stream st on st.tenant_id = s.tenant_id and 'stream:' || st.stream_id = s.subject
  join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id
  where s.tenant_id = pg_temp.tenant('acme') and s.pending_since is not null
$$;
create function pg_temp.start(params jsonb) returns void
language sql as $$
  delete from alerting.alert where tenant_id = pg_temp.tenant('acme');
  delete from alerting.rule where tenant_id = pg_temp.tenant('acme');
  delete from fleet.latest where tenant_id = pg_temp.tenant('acme');
  delete from fleet.reading where tenant_id = pg_temp.tenant('acme');
  delete from fleet.export_change where tenant_id = pg_temp.tenant('acme');
  select pg_temp.rule('battery', params);
$$;

-- Levels without a duration.
select pg_temp.start('{"metric": "battery", "op": "<", "levels": {"high": 20, "critical": 10}}') \gset
select pg_temp.read('s-1', '{0}', '{50}') \gset
select is(pg_temp.run(0), 0::bigint, 'a value on the good side');
select is_empty('select * from pg_temp.waiting()', 'leaves nothing to remember');
select pg_temp.read('s-1', '{1}', '{19.5}'), pg_temp.read('s-2', '{1}', '{20}') \gset
select is(pg_temp.run(1), 1::bigint, 'one that breaches a level');
select results_eq('select * from pg_temp.open()', $$values ('battery', 's-1', 'high')$$, 'raises an alert of its severity; the limit itself does not count');
select results_eq($$select summary, value, labels - 'device', device_id from alerting.alert where tenant_id = pg_temp.tenant('acme')$$,
  $$select 'battery is 19.5 on s-1 (below 20)', 19.5::float8,
    '{"kind": "threshold", "rule": "battery", "severity": "high", "metric": "battery", "profile": "scanner", "model": "TC52", "site": "emea.berlin"}'::jsonb, d.device_id
    from fleet.device d where d.external_id = 's-1' and d.tenant_id = pg_temp.tenant('acme')$$, 'that says what is where');
select is(pg_temp.run(1.1), 0::bigint, 'once');
select pg_temp.read('s-1', '{2}', '{5}') \gset
select pg_temp.run(2) \gset
select results_eq('select * from pg_temp.open()', $$values ('battery', 's-1', 'critical')$$, 'severity rises with the level');
select pg_temp.read('s-1', '{3}', '{15}') \gset
select pg_temp.run(3) \gset
select results_eq('select * from pg_temp.open()', $$values ('battery', 's-1', 'high')$$, 'and falls with it');
select is((select summary from alerting.alert where tenant_id = pg_temp.tenant('acme')), 'battery is 15 on s-1 (below 20)', 'which the alert says');
select pg_temp.read('s-1', '{4}', '{20}') \gset
select is(pg_temp.run(4), 1::bigint, 'without hysteresis the limit itself is enough');
select is_empty('select * from pg_temp.open()', 'to end it');
select is_empty('select * from pg_temp.waiting()', 'and to forget it');

-- Hysteresis.
select pg_temp.start('{"metric": "battery", "op": "<", "levels": {"high": 20, "critical": 10}, "clear": 25}') \gset
select pg_temp.read('s-1', '{0}', '{22}') \gset
select is(pg_temp.run(0), 0::bigint, 'between limit and clear nothing begins');
select pg_temp.read('s-1', '{1,2}', '{5,24.9}') \gset
select is(pg_temp.run(2), 1::bigint, 'what has begun');
select results_eq('select * from pg_temp.open()', $$values ('battery', 's-1', 'high')$$, 'goes on between limit and clear, at the least severity');
select pg_temp.read('s-1', '{3}', '{25}') \gset
select is(pg_temp.run(3), 1::bigint, 'until clear is reached');
select is_empty('select * from pg_temp.open()', 'then it is over');

-- Duration, by the time of the readings.
select pg_temp.start('{"metric": "battery", "op": "<", "levels": {"high": 20, "critical": 10}, "for": "10 minutes"}') \gset
select pg_temp.read('s-1', '{0,1}', '{50,15}') \gset
select is(pg_temp.run(1), 0::bigint, 'a breach waits');
select results_eq('select * from pg_temp.waiting()', $$values ('s-1', 1::float8, null::float8, null::text)$$, 'in a row, since its first reading');
select pg_temp.read('s-1', '{5}', '{8}') \gset
select is(pg_temp.run(5), 0::bigint, 'while it has not lasted');
select is(pg_temp.run(10.9), 0::bigint, 'neither by readings nor by the clock');
select is(pg_temp.run(11), 1::bigint, 'time alone brings it about, where the newest reading breaches');
select results_eq('select * from pg_temp.waiting()', $$values ('s-1', 1::float8, 11::float8, 'high')$$, 'at the severity that has lasted so long');
select is(pg_temp.run(15), 0::bigint, 'a higher one that lasts as long opens no second alert');
select results_eq('select * from pg_temp.open()', $$values ('battery', 's-1', 'critical')$$, 'but makes it worse');
select pg_temp.read('s-1', '{16}', '{15}') \gset
select pg_temp.run(16) \gset
select results_eq('select * from pg_temp.open()', $$values ('battery', 's-1', 'high')$$, 'less is less at once');
select pg_temp.read('s-1', '{17,18}', '{30,15}') \gset
select is(pg_temp.run(18), 1::bigint, 'a good reading ends it');
select results_eq('select * from pg_temp.waiting()', $$values ('s-1', 18::float8, null::float8, null::text)$$, 'and the wait begins again');

-- A late reading.
select pg_temp.read('s-1', '{20}', '{15}') \gset
select pg_temp.run(20) \gset
select pg_temp.read('s-1', '{19}', '{40}') \gset
select pg_temp.run(20.1) \gset
select results_eq('select * from pg_temp.waiting()', $$values ('s-1', 20::float8, null::float8, null::text)$$, 'a late good reading breaks the row of bad ones');
select is(pg_temp.run(29), 0::bigint, 'so that it has not lasted');
select is(pg_temp.run(30), 1::bigint, 'until later');
select pg_temp.read('s-1', '{21}', '{40}') \gset
select is(pg_temp.run(30.1), 1::bigint, 'one that comes after it fired takes it back');
select is_empty('select * from pg_temp.open()', 'and ends the alert');
select is(pg_temp.run(40), 0::bigint, 'for good');

-- Which readings are new is known by the hour; those that were judged before are not told again.
select count(*) as alerts, sum(occurrences) as times from alerting.alert where tenant_id = pg_temp.tenant('acme') \gset
insert into fleet.reading (tenant_id, stream_id, ts, values)
select pg_temp.tenant('acme'), pg_temp.stream('acme', d), pg_temp.instant(m), '{50,50}' from (values ('s-1', 40.5), ('s-3', 0)) x (d, m);
update fleet.export_change set from_ts = pg_temp.instant(0) where tenant_id = pg_temp.tenant('acme');
select is(pg_temp.run(40.5), 0::bigint, 'an episode that is over is not found again');
select is((select (count(*), sum(occurrences))::text from alerting.alert where tenant_id = pg_temp.tenant('acme')), format('(%s,%s)', :alerts, :times), 'nor counted');

-- One that ends and begins again between two evaluations.
select pg_temp.read('s-1', '{41,52}', '{15,15}'), pg_temp.run(52) \gset
select pg_temp.read('s-1', '{53,54,65}', '{40,15,15}') \gset
select pg_temp.run(65) \gset
select results_eq('select * from pg_temp.open()', $$values ('battery', 's-1', 'high')$$, 'one that ended and began again meanwhile is open');
select results_eq('select firing from pg_temp.waiting()', $$values (64::float8)$$, 'since it began again');

-- What began and ended between two evaluations, and what is too old.
select pg_temp.start('{"metric": "battery", "op": "<", "levels": {"high": 20}, "for": "10 minutes"}') \gset
select pg_temp.read('s-1', '{0}', '{50}'), pg_temp.run(0) \gset
select pg_temp.read('s-1', '{1,6,12,13}', '{15,15,15,50}') \gset
select is(pg_temp.run(14), 2::bigint, 'an episode that was over before it was seen is raised and resolved');
select results_eq($$select state, severity from alerting.alert where tenant_id = pg_temp.tenant('acme')$$, $$values ('resolved', 'high')$$, 'on record');
insert into fleet.reading (tenant_id, stream_id, ts, values)
select pg_temp.tenant('acme'), pg_temp.stream('acme', 's-2'), now() - interval '3 days' + n * interval '5 minutes', '{1,1}' from generate_series(1, 20) n;
select is(pg_temp.run(15), 0::bigint, 'history wakes nobody');

-- Nothing is forgotten: what waits and what fires is in rows, and a rule that starts anew finds what is going on.
select pg_temp.read('s-3', '{20,25}', '{15,15}') \gset
select pg_temp.run(25) \gset
select results_eq('select * from pg_temp.waiting()', $$values ('s-3', 20::float8, null::float8, null::text)$$, 'what waits is a row of a table');
select is(pg_temp.run(90), 1::bigint, 'and fires however long nothing ran');
update alerting.rule set params = params || '{"levels": {"critical": 16}}' where tenant_id = pg_temp.tenant('acme');
select is(pg_temp.run(91), 0::bigint, 'a rule that is changed looks at the newest readings again');
select is_empty('select * from pg_temp.open() o where o.severity <> ''critical''', 'and goes on with its alerts as they now are');
update alerting.rule set params = params || '{"levels": {"critical": 5}}' where tenant_id = pg_temp.tenant('acme');
select is(pg_temp.run(92), 1::bigint, 'or ends those that it would not raise');

-- Summaries in buckets.
select pg_temp.start('{"metric": "battery", "op": ">=", "levels": {"medium": 60}, "of": "mean", "bucket": "10 minutes", "for": "10 minutes"}') \gset
create function pg_temp.bucket(minute float8) returns timestamptz
language sql stable as $$ select date_bin('10 minutes', pg_temp.instant(0), '2000-01-01 00:00:00+00') + minute * interval '1 minute' $$;
create function pg_temp.read_bucket(minutes float8[], batteries float8[]) returns void
language sql as $$
  insert into fleet.reading (tenant_id, stream_id, ts, values)
  select pg_temp.tenant('acme'), pg_temp.stream('acme', 's-1'), pg_temp.bucket(m), array[b, 50] from unnest(minutes, batteries) as u (m, b)
$$;
create function pg_temp.run_bucket(minute float8) returns bigint
language sql as $$ select pg_temp.run(pg_temp.minute(pg_temp.bucket(minute))) $$;
select pg_temp.read_bucket('{0,4,8}', '{10,20,30}'), pg_temp.run_bucket(9) \gset
select pg_temp.read_bucket('{10,14,18}', '{10,90,90}') \gset
select is(pg_temp.run_bucket(19), 0::bigint, 'a bucket that is still filling does not count');
select pg_temp.run_bucket(21) \gset
select results_eq('select device, since = pg_temp.minute(pg_temp.bucket(20)), firing is null from pg_temp.waiting()', $$values ('s-1', true, true)$$, 'when it has ended its mean does, as of its end');
select is(pg_temp.run_bucket(30), 1::bigint, 'and fires when it has lasted');
select is((select summary from alerting.alert where tenant_id = pg_temp.tenant('acme')), 'battery (mean of 10 minutes) is 63.3333 on s-1 (at least 60 for 10 minutes)', 'which the alert says');
select pg_temp.read_bucket('{12}', '{10}') \gset
select is(pg_temp.run_bucket(31), 1::bigint, 'a late reading in a bucket that ended');
select is_empty('select * from pg_temp.open()', 'counts as well');

-- Scope.
select pg_temp.start('{"metric": "battery", "op": "<", "levels": {"high": 20}}') \gset
update fleet.device d set site_id = pg_temp.site('acme', 'apac') where external_id = 's-2';
insert into alerting.rule (tenant_id, name, kind, params, site, device_model, device_attributes, profile_id)
select pg_temp.tenant('acme'), n, 'threshold', '{"metric": "battery", "op": "<", "levels": {"low": 20}}', s::public.ltree, m, a::jsonb, pg_temp.profile('acme', 'scanner')
from (values ('emea', 'emea', null, null), ('apac', 'apac', null, null), ('berlin', 'emea.berlin', null, null), ('floor', null, null, '{"floor": 2}'), ('attic', null, null, '{"floor": 9}'),
  ('model', null, 'TC52', null), ('other', null, 'TC57', null)) x (n, s, m, a);
select fleet.create_profile(pg_temp.tenant('acme'), 'phone', '["signal", "battery"]') \gset
insert into alerting.rule (tenant_id, name, kind, params, profile_id) values
  (pg_temp.tenant('acme'), 'phones', 'threshold', '{"metric": "battery", "op": "<", "levels": {"low": 20}}', pg_temp.profile('acme', 'phone'));
select fleet.open_stream(pg_temp.tenant('acme'), 'p-1', 'phone') \gset
select pg_temp.run(0) \gset
select pg_temp.read('s-1', '{1}', '{5}'), pg_temp.read('s-2', '{1}', '{5}') \gset
insert into fleet.reading (tenant_id, stream_id, ts, values) values (pg_temp.tenant('acme'), pg_temp.stream('acme', 'p-1'), pg_temp.instant(1), '{50,5}');
select pg_temp.run(1) \gset
select set_eq('select rule, device from pg_temp.open()',
  $$values ('battery', 's-1'), ('battery', 's-2'), ('battery', 'p-1'), ('emea', 's-1'), ('berlin', 's-1'), ('apac', 's-2'), ('floor', 's-1'), ('model', 's-1'), ('phones', 'p-1')$$,
  'site with all below, model, attributes and profile; a metric has its place in each profile');
update fleet.device set site_id = pg_temp.site('acme', 'apac') where external_id = 's-1';
select is(pg_temp.run(2), 2::bigint, 'a device that leaves the scope');
select set_eq($$select rule, device from pg_temp.open() where rule in ('emea', 'berlin', 'apac')$$, $$values ('apac', 's-2')$$, 'takes its alerts along');
update fleet.device set active = false where external_id = 's-2';
select pg_temp.run(3) \gset
select is_empty($$select * from pg_temp.open() where device = 's-2'$$, 'as does one that is no longer active');
update alerting.rule set enabled = false where name = 'model' and tenant_id = pg_temp.tenant('acme');
select is(pg_temp.run(4), 1::bigint, 'a rule that is disabled ends its alerts');
select is((select state from alerting.alert where labels ->> 'rule' = 'model' and tenant_id = pg_temp.tenant('acme')), 'resolved', 'which stay on record');
delete from alerting.rule where name = 'floor' and tenant_id = pg_temp.tenant('acme');
select is(pg_temp.run(5), 1::bigint, 'as does one that is deleted');
select results_eq($$select state, rule_id from alerting.alert where labels ->> 'rule' = 'floor' and tenant_id = pg_temp.tenant('acme')$$, $$values ('resolved', null::int)$$, 'which stay too');

-- A rule that fails.
alter table alerting.rule disable trigger _500_check_rule;
update alerting.rule set params = params || '{"for": "nonsense"}' where name = 'phones' and tenant_id = pg_temp.tenant('acme');
alter table alerting.rule enable trigger _500_check_rule;
select pg_temp.read('s-3', '{6}', '{5}') \gset
select pg_temp.run(6) \gset
select ok((select last_error ~ 'invalid input syntax' and last_error_at = pg_temp.instant(6) from alerting.rule where name = 'phones' and tenant_id = pg_temp.tenant('acme')), 'says why in its row');
select matches((select summary from alerting.alert where dedup_key ~ '^rule:\d+:failed$' and state = 'open' and tenant_id = pg_temp.tenant('acme')), '^rule phones cannot be evaluated: invalid input', 'and somebody hears of it');
select results_eq($$select rule from pg_temp.open() where device = 's-3'$$, $$values ('battery')$$, 'the others go on');
update alerting.rule set params = params - 'for' where name = 'phones' and tenant_id = pg_temp.tenant('acme');
select pg_temp.run(7) \gset
select is((select last_error from alerting.rule where name = 'phones' and tenant_id = pg_temp.tenant('acme')), null, 'until it works again');
select is((select count(*) from alerting.alert where dedup_key ~ ':failed$' and state = 'open'), 0::bigint, 'then that is over');

-- What is refused.
create function pg_temp.refused(params text) returns text
language sql as $$ select pg_temp.refusal(format('select pg_temp.rule(''x'', %L)', params)) $$;
select matches(pg_temp.refused(p), '^22023: ' || m || '.* \(Rules of this kind take params such as \{"metric": "battery"', 'refused: ' || m)
from (values
  ('{"op": "<", "levels": {"high": 1}}', 'rules of kind threshold need "metric"'),
  ('{"metric": "battery", "op": "=", "levels": {"high": 1}}', '"op" must be one of <, <=, >, >='),
  ('{"metric": "battery", "op": "<"}', 'rules of kind threshold need "levels"'),
  ('{"metric": "battery", "op": "<", "levels": {}}', '"levels" must give a number'),
  ('{"metric": "battery", "op": "<", "levels": {"dire": 1}}', '"levels" must give a number'),
  ('{"metric": "battery", "op": "<", "levels": {"high": "1"}}', '"levels" must give a number'),
  ('{"metric": "battery", "op": "<", "levels": {"high": 10, "critical": 20}}', 'the level of critical must lie beyond'),
  ('{"metric": "battery", "op": ">", "levels": {"low": 20, "critical": 20}}', 'the level of critical must lie beyond'),
  ('{"metric": "battery", "op": "<", "levels": {"high": 20}, "clear": 19}', '"clear" must lie on the good side'),
  ('{"metric": "battery", "op": "<", "levels": {"high": 20}, "for": 10}', '"for" must be a time'),
  ('{"metric": "battery", "op": "<", "levels": {"high": 20}, "for": "soon"}', '"for" must be a time'),
  ('{"metric": "battery", "op": "<", "levels": {"high": 20}, "for": "-1 hour"}', '"for" must be a time'),
  ('{"metric": "battery", "op": "<", "levels": {"high": 20}, "of": "mean"}', '"of" mean, min or max goes with a "bucket"'),
  ('{"metric": "battery", "op": "<", "levels": {"high": 20}, "bucket": "1 hour"}', '"of" mean, min or max goes with a "bucket"'),
  ('{"metric": "battery", "op": "<", "levels": {"high": 20}, "of": "max", "bucket": "1 month"}', '"bucket" must be at most 7 days'),
  ('{"metric": "battery", "op": "<", "levels": {"high": 20}, "every": "1 hour"}', 'rules of kind threshold have no parameter "every"')) x (p, m);

select * from finish();
rollback;
