-- Storm control: bundles, throttles, quota, one note of what was suppressed, and nothing that is not accounted for.
begin;
set local client_min_messages = warning;
select plan(28);
\ir ../support/names.psql
\ir ../support/on_duty.psql
-- One incident for each device.
insert into alerting.route (tenant_id, name, group_by) values (pg_temp.tenant('duty'), 'each', '{device}');
create function pg_temp.count(state text, reason text default null) returns bigint
language sql stable as $$ select count(*) from pg_temp.told() t where t.state = $1 and t.reason is not distinct from $2 $$;

-- Bundles.
select pg_temp.policy('{"name": "p", "steps": [{"targets": [{"person": "ada"}, {"channel": "hook"}]}]}') \gset
select pg_temp.fire('{d-1,d-2}'), pg_temp.fire('{d-3}', 'critical'), pg_temp.pass('0') \gset
select is((select count(*) from alerting.incident where tenant_id = pg_temp.tenant('duty')), 3::bigint, 'three incidents at once');
select is((select count(*) from pg_temp.told() t where t.channel = 'mail' and t.state = 'pending'), 1::bigint, 'are one message to a person');
select is((select n.severity from alerting.notification n where n.tenant_id = pg_temp.tenant('duty') and n.address is not null and n.state = 'pending'), 'critical', 'carried by the most severe');
select is((select count(*) from pg_temp.told() t where t.channel = 'mail' and t.reason = 'bundled'), 2::bigint, 'the others are suppressed as bundled');
select is((select jsonb_array_length(n.payload::jsonb #> '{data,also}') from alerting.notification n where n.tenant_id = pg_temp.tenant('duty') and n.address is not null and n.state = 'pending'), 2, 'and named in it');
select is((select count(*) from pg_temp.told() t where t.channel = 'hook' and t.state = 'pending'), 3::bigint, 'a machine gets one for each');
select pg_temp.deliver(), pg_temp.over('{d-1,d-2}'), pg_temp.pass('0') \gset
select is((select array_agg(t.channel || coalesce(' ' || t.reason, '') order by t.channel, t.reason nulls first) from pg_temp.told() t where t.purpose = 'resolve'), '{hook,hook,mail,"mail bundled"}', 'who was told in a bundle hears of the end, too');

-- Throttles.
delete from alerting.alert where tenant_id = pg_temp.tenant('duty');
delete from alerting.incident where tenant_id = pg_temp.tenant('duty');
insert into alerting.contact_method (tenant_id, person_id, channel_id, address) values (pg_temp.tenant('duty'), pg_temp.person('ben'), pg_temp.channel('text'), '+491511');
update alerting.contact_method set enabled = false where tenant_id = pg_temp.tenant('duty') and channel_id = pg_temp.channel('mail');
select pg_temp.policy('{"name": "p", "steps": [{"targets": [{"person": "ben"}]}]}'), pg_temp.fire('{d-1}'), pg_temp.pass('0'), pg_temp.deliver() \gset
select pg_temp.fire('{d-2}'), pg_temp.pass('10 seconds'), pg_temp.fire('{d-3}'), pg_temp.pass('10 seconds') \gset
select is(pg_temp.count('delivered'), 1::bigint, 'a telephone rings once a minute at most');
select is(pg_temp.count('suppressed', 'throttled'), 2::bigint, 'what is beyond is suppressed');
select pg_temp.pass('39 seconds') \gset
select is((select count(*) from pg_temp.told() t where t.purpose = 'note'), 0::bigint, 'no note before there is room');
select pg_temp.pass('1 second') \gset
select is((select array_agg(t.address || ' ' || t.state) from pg_temp.told() t where t.purpose = 'note'), '{"+491511 pending"}', 'then one note');
select is((select n.payload::jsonb #>> '{data,count}' from alerting.notification n where n.tenant_id = pg_temp.tenant('duty') and n.purpose = 'note'), '2', 'of how many there were');
select is((select array_agg(i ->> 'title') from alerting.notification n, jsonb_array_elements(n.payload::jsonb #> '{data,incidents}') i where n.tenant_id = pg_temp.tenant('duty') and n.purpose = 'note'), '{"battery low on d-2","battery low on d-3"}', 'and about what');
select is((select n.payload::jsonb #> '{data,reasons}' from alerting.notification n where n.tenant_id = pg_temp.tenant('duty') and n.purpose = 'note'), '{"throttled": 2}'::jsonb, 'and why');
select pg_temp.deliver(), pg_temp.pass('1 hour') \gset
select is((select count(*) from pg_temp.told() t where t.purpose = 'note'), 1::bigint, 'once');
select pg_temp.fire('{d-4}'), pg_temp.pass('0') \gset
select is(pg_temp.count('pending'), 1::bigint, 'after that the telephone rings again');
update alerting.channel set throttle = '[{"count": 2, "seconds": 3600}]' where tenant_id = pg_temp.tenant('duty') and name = 'text';
select pg_temp.deliver(), pg_temp.pass('61 seconds'), pg_temp.fire('{d-5}'), pg_temp.pass('0'), pg_temp.deliver(), pg_temp.pass('61 seconds'), pg_temp.fire('{d-6}'), pg_temp.pass('0') \gset
select is(pg_temp.count('suppressed', 'throttled'), 3::bigint, 'a channel may have a throttle of its own');

-- Severity and channels that are off.
select pg_temp.policy('{"name": "p", "steps": [{"targets": [{"channel": "hook"}, {"channel": "chat"}]}]}') \gset
update alerting.channel set min_severity = 'critical' where tenant_id = pg_temp.tenant('duty') and name = 'hook';
update alerting.channel set enabled = false where tenant_id = pg_temp.tenant('duty') and name = 'chat';
select pg_temp.fire('{d-7}'), pg_temp.pass('0') \gset
select is(pg_temp.count('suppressed', 'below_severity'), 1::bigint, 'a channel can be for the severe alone');
select is(pg_temp.count('suppressed', 'channel_off'), 1::bigint, 'or off, which is on record as well');
select ok('step_skipped' = any (pg_temp.events()), 'so the step told nobody');
update alerting.channel set min_severity = 'low', enabled = true where tenant_id = pg_temp.tenant('duty');

-- Quota.
update alerting.setting set notifications_per_day = (select count(*) + 1 from alerting.notification n where n.tenant_id = pg_temp.tenant('duty')
  and n.state in ('pending', 'claimed', 'delivered', 'dead') and n.purpose <> 'note' and n.created_at >= date_trunc('day', clock_timestamp(), 'UTC'))
where tenant_id = pg_temp.tenant('duty');
select pg_temp.fire('{d-8}'), pg_temp.pass('0') \gset
select is(pg_temp.count('suppressed', 'quota'), 1::bigint, 'beyond the day''s quota messages are suppressed');
select is((select count(*) from alerting.recipient r where r.tenant_id = pg_temp.tenant('duty') and r.note_due_at > clock_timestamp() + interval '59 minutes'), 1::bigint, 'with one note in an hour');
select pg_temp.fire('{d-9}'), pg_temp.pass('59 minutes') \gset
select is((select count(*) from pg_temp.told() t where t.purpose = 'note' and t.channel <> 'text'), 0::bigint, 'not before');
select pg_temp.pass('1 minute') \gset
select cmp_ok((select count(*) from pg_temp.told() t where t.purpose = 'note' and t.channel <> 'text'), '>=', 1::bigint, 'which the quota does not stop');

-- A silence over an incident that is open already.
delete from alerting.setting where tenant_id = pg_temp.tenant('duty');
select pg_temp.policy('{"name": "p", "steps": [{"delay": "5 minutes", "targets": [{"channel": "hook"}]}]}'), pg_temp.fire('{d-10}') \gset
insert into alerting.silence (tenant_id, matchers, reason, created_by, starts_at, ends_at)
values (pg_temp.tenant('duty'), '[{"label": "device", "op": "=", "value": "d-10"}]', 'test', 'test', clock_timestamp() - interval '1 s', clock_timestamp() + interval '1 hour');
select pg_temp.pass('0'), pg_temp.pass('5 minutes') \gset
select is((select count(*) from alerting.notification n where n.tenant_id = pg_temp.tenant('duty') and n.incident_id = pg_temp.incident()), 0::bigint, 'a silence holds an incident back that is open already');
update alerting.silence set ends_at = clock_timestamp() where tenant_id = pg_temp.tenant('duty');
select pg_temp.pass('15 seconds'), pg_temp.pass('5 minutes') \gset
select is((select count(*) from alerting.notification n where n.tenant_id = pg_temp.tenant('duty') and n.incident_id = pg_temp.incident()), 1::bigint, 'until it is over');

-- Payloads always fit.
select alerting.raise_signals(pg_temp.tenant('duty'), pg_temp.rule(), array(
  select row('long/' || n, 'high', repeat('ß€', 4000), pg_temp.device('d-1'), null, n, jsonb_build_object('site', 'x', 'device', 'long', 'text', repeat('ß€', 2000)))::alerting.signal from generate_series(1, 12) n)),
  alerting.group_alerts(pg_temp.tenant('duty')), pg_temp.pass('0'), pg_temp.pass('5 minutes') \gset
select cmp_ok((select octet_length(n.payload) from alerting.notification n join alerting.incident i using (tenant_id, incident_id) where n.tenant_id = pg_temp.tenant('duty') and i.title like '12 alerts%' and n.purpose = 'page'), '<=', 20480, 'however long the texts are');
-- Everything that was raised is somewhere.
select is((select count(*) from alerting.notification n where n.tenant_id = pg_temp.tenant('duty') and n.state = 'held'), 0::bigint, 'nothing is left held');
select * from finish();
rollback;
