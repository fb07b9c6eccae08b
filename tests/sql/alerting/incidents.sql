-- Alerts become incidents: opened, grouped, told of once, worse and better, resolved, back again.
begin;
set local client_min_messages = warning;
select plan(52);
\ir ../support/names.psql
\ir ../support/on_duty.psql
select pg_temp.policy('{"name": "first", "steps": [{"targets": [{"channel": "hook"}]}, {"delay": "10 minutes", "targets": [{"person": "ada"}]}]}') \gset
create function pg_temp.is_now() returns table (state text, severity text, alerts int, open int)
language sql stable as $$ select i.state, i.severity, i.alert_count, i.open_count from alerting.incident i where i.tenant_id = pg_temp.tenant('duty') and i.incident_id = pg_temp.incident() $$;

-- One alert.
select is(pg_temp.fire('{d-1}'), 1, 'a condition that holds opens an alert');
select results_eq('select * from pg_temp.is_now()', $$values ('open', 'high', 1, 1)$$, 'in an incident of its own');
select is((select al.labels from alerting.alert al where al.tenant_id = pg_temp.tenant('duty')),
  '{"rule": "battery", "kind": "threshold", "severity": "high", "device": "d-1", "model": "TC52", "site": "emea.berlin"}'::jsonb, 'its labels say what it is about');
select is((select i.labels from alerting.incident i where i.tenant_id = pg_temp.tenant('duty')) ->> 'device', 'd-1', 'the incident has them too');
select is_empty('select * from pg_temp.told()', 'nobody is told before it triggers');
select is(pg_temp.fire('{d-1}'), 0, 'the same condition opens none while it lasts');
select results_eq($$select occurrences from alerting.alert where tenant_id = pg_temp.tenant('duty')$$, 'values (2::bigint)', 'it is counted');
select pg_temp.pass('0') \gset
select results_eq('select * from pg_temp.told()', $$values ('page', 'hook', null::text, 'pending', null::text)$$, 'when it triggers the first step is told');
select is(pg_temp.events(), '{opened,triggered,escalated}', 'the timeline says so');
select pg_temp.pass('0') \gset
select is((select count(*) from pg_temp.told()), 1::bigint, 'once');
select is((select n.payload::jsonb ->> 'type' from alerting.notification n where n.tenant_id = pg_temp.tenant('duty')), 'incident.triggered', 'the message has its type');
select is((select (n.payload::jsonb #>> '{data,alerts,0,device,id}') || ' ' || (n.payload::jsonb #>> '{data,alerts,0,rule}') from alerting.notification n where n.tenant_id = pg_temp.tenant('duty')),
  'd-1 battery', 'and says what is wrong with what');
select pg_temp.deliver() \gset

-- More of the same.
select pg_temp.fire('{d-2,d-3}') \gset
select results_eq('select * from pg_temp.is_now()', $$values ('open', 'high', 3, 3)$$, 'alerts of the same rule and site join it');
select is((select i.title from alerting.incident i where i.incident_id = pg_temp.incident()), '3 alerts: battery low on d-1', 'the title counts them');
select is((select i.labels ? 'device' from alerting.incident i where i.incident_id = pg_temp.incident()), false, 'labels that differ are no longer the incident''s');
select pg_temp.pass('4 minutes') \gset
select is((select count(*) from pg_temp.told()), 1::bigint, 'newcomers wait for the group interval');
select pg_temp.pass('1 minute') \gset
select results_eq('select t.purpose, t.channel from pg_temp.told() t offset 1', $$values ('update', 'hook')$$, 'then whoever was told hears of them');
select is((select n.payload::jsonb #>> '{data,alert_count}' from alerting.notification n where n.tenant_id = pg_temp.tenant('duty') and n.purpose = 'update'), '3', 'and how many they are');
select pg_temp.fire('{d-6}') \gset
select is((select count(*) from alerting.incident i where i.tenant_id = pg_temp.tenant('duty')), 2::bigint, 'another site is another incident');
select pg_temp.over('{d-6}') \gset
select is(pg_temp.events(), '{opened,resolved}', 'which ended before it triggered');
select pg_temp.pass('0') \gset
select is((select count(*) from alerting.notification n where n.tenant_id = pg_temp.tenant('duty') and n.incident_id = pg_temp.incident()), 0::bigint, 'so nobody ever heard of it');
select incident_id as first from alerting.incident where tenant_id = pg_temp.tenant('duty') order by 1 limit 1 \gset
create or replace function pg_temp.incident() returns bigint
language sql stable as $$ select min(i.incident_id) from alerting.incident i where i.tenant_id = pg_temp.tenant('duty') $$;

-- Worse, and better.
select pg_temp.deliver(), pg_temp.fire('{d-2}', 'critical'), pg_temp.pass('0') \gset
select results_eq('select * from pg_temp.is_now()', $$values ('open', 'critical', 3, 3)$$, 'an alert that gets worse makes its incident worse');
select is((select count(*) from pg_temp.told() t where t.purpose = 'update'), 2::bigint, 'which is told at once');
select pg_temp.deliver(), pg_temp.over('{d-2}') \gset
select results_eq('select * from pg_temp.is_now()', $$values ('open', 'high', 3, 2)$$, 'when the worst is over it is less severe');
select is((select e.detail from alerting.incident_event e where e.tenant_id = pg_temp.tenant('duty') and e.kind = 'severity' order by e.event_id desc limit 1), '{"from": "critical", "to": "high"}'::jsonb, 'the timeline has both');
select pg_temp.pass('0') \gset
select is((select count(*) from pg_temp.told() t where t.purpose = 'update'), 2::bigint, 'better news can wait');

-- The end, and back again.
select pg_temp.over('{d-1,d-3}'), pg_temp.pass('0') \gset
select results_eq('select * from pg_temp.is_now()', $$values ('resolved', 'high', 3, 0)$$, 'with its last alert an incident is resolved');
select results_eq($$select t.channel, t.state from pg_temp.told() t where t.purpose = 'resolve'$$, $$values ('hook', 'pending')$$, 'whoever was told hears of it');
select is((select count(*) from alerting.timer t where t.tenant_id = pg_temp.tenant('duty')), 0::bigint, 'nothing is due any more');
select pg_temp.deliver(), pg_temp.pass('10 minutes') \gset
select is(pg_temp.fire('{d-1}'), 1, 'a condition that comes back soon');
select results_eq('select * from pg_temp.is_now()', $$values ('open', 'high', 3, 1)$$, 'opens its incident again');
select pg_temp.pass('0') \gset
select is((select array_agg(t.purpose || ' ' || t.channel) from pg_temp.told() t where t.state = 'pending'), '{update hook}', 'as an update, not a page');
select pg_temp.pass('10 minutes') \gset
select is((select array_agg(t.address) from pg_temp.told() t where t.purpose = 'page' and t.channel = 'mail'), '{ada@example.com}', 'and escalation goes on where it was');
select pg_temp.over('{d-1}'), pg_temp.deliver(), pg_temp.pass('31 minutes'), pg_temp.fire('{d-1}') \gset
select is((select count(*) from alerting.incident i where i.tenant_id = pg_temp.tenant('duty') and i.state = 'open'), 1::bigint, 'later it is a new one');
select is((select i.state from alerting.incident i where i.incident_id = :first), 'resolved', 'and the old one stays as it was');
select is((select count(*) from alerting.alert al where al.tenant_id = pg_temp.tenant('duty') and al.dedup_key = 'rule/d-1'), 2::bigint, 'with an alert of its own');

-- Flapping.
select pg_temp.fire('{d-7}'), pg_temp.over('{d-7}'), pg_temp.fire('{d-7}'), pg_temp.over('{d-7}'), pg_temp.fire('{d-7}'), pg_temp.over('{d-7}'), pg_temp.fire('{d-7}') \gset
create or replace function pg_temp.incident() returns bigint
language sql stable as $$ select al.incident_id from alerting.alert al where al.tenant_id = pg_temp.tenant('duty') and al.dedup_key = 'rule/d-7' $$;
select pg_temp.over('{d-7}') \gset
select results_eq('select * from pg_temp.is_now()', $$values ('open', 'high', 1, 1)$$, 'the fourth end within an hour does not count yet');
select pg_temp.pass('10 minutes'), alerting.group_alerts(pg_temp.tenant('duty')) \gset
select is((select state from pg_temp.is_now()), 'open', 'nor after ten quiet minutes');
select pg_temp.pass('5 minutes'), alerting.group_alerts(pg_temp.tenant('duty')) \gset
select is((select state from pg_temp.is_now()), 'resolved', 'after a quarter of an hour it is over');

-- Grouping by routes.
insert into alerting.route (tenant_id, name, position, matchers, group_by, group_wait)
values (pg_temp.tenant('duty'), 'lyon', 1, '[{"label": "site", "op": "below", "value": "emea.lyon"}]', '{device}', '1 minute');
select pg_temp.fire('{d-8,d-9}') \gset
select is((select count(distinct al.incident_id) from alerting.alert al where al.tenant_id = pg_temp.tenant('duty') and al.dedup_key in ('rule/d-8', 'rule/d-9')), 2::bigint, 'a route says by which labels alerts belong together');
select is((select array_agg(distinct t.due_at - i.opened_at between '59 s' and '61 s') from alerting.timer t join alerting.incident i using (tenant_id, incident_id) where t.tenant_id = pg_temp.tenant('duty') and t.kind = 'trigger' and i.route_id is not null),
  '{t}', 'and how long they wait for others');

-- Many at once.
select alerting.raise_signals(pg_temp.tenant('duty'), pg_temp.rule(), array(
  select row('storm/' || n, 'low', 'storm', null, null, n, jsonb_build_object('site', 's' || n % 10))::alerting.signal from generate_series(1, 20000) n)) as storm \gset
select is(:storm, 20000, 'many signals open as many alerts');
select is(alerting.group_alerts(pg_temp.tenant('duty')), 20000, 'which are given to incidents');
select is((select count(distinct al.incident_id) from alerting.alert al where al.tenant_id = pg_temp.tenant('duty') and al.dedup_key like 'storm/%'), 10::bigint, 'one for each group');
select throws_ok($$select alerting.raise_signals(pg_temp.tenant('duty'), pg_temp.rule(), array[row('x', 'dreadful', 's', null, null, null, null)::alerting.signal])$$, '23514', null, 'an unknown severity is refused');

-- Conditions of the system go the same way.
select ok(alerting.raise_condition(pg_temp.tenant('duty'), 'source/warehouse', 'high', 'warehouse cannot be read'), 'a condition of the system opens an alert');
select is((select al.labels ->> 'kind' from alerting.alert al join alerting.incident i using (tenant_id, incident_id) where al.tenant_id = pg_temp.tenant('duty') and al.dedup_key = 'source/warehouse' and i.state = 'open'), 'system', 'in an incident');
select ok(not alerting.raise_condition(pg_temp.tenant('duty'), 'source/warehouse', 'critical', 'still'), 'once');
select results_eq($$select al.severity, al.summary from alerting.alert al where al.tenant_id = pg_temp.tenant('duty') and al.dedup_key = 'source/warehouse'$$, $$values ('critical', 'still')$$, 'and says how things stand');
select ok(alerting.clear_condition(pg_temp.tenant('duty'), 'source/warehouse'), 'until it passes');
select ok(not alerting.clear_condition(pg_temp.tenant('duty'), 'source/warehouse'), 'once');
select throws_ok($$select alerting.raise_condition(pg_temp.tenant('duty'), 'two words', 'high', 'x')$$, '23514', null, 'a dedup key is one word');
select * from finish();
rollback;
