-- Escalation: steps, people and their own rules, acknowledgement, snooze, repeats, exhaustion, and a policy that changes meanwhile.
begin;
set local client_min_messages = warning;
select plan(63);
\ir ../support/names.psql
\ir ../support/on_duty.psql
\ir ../support/refusal.psql
create function pg_temp.pages() returns text[]
language sql stable as $$ select array_agg(coalesce(t.address, t.channel)) from pg_temp.told() t where t.purpose = 'page' $$;
create function pg_temp.due(kind text) returns interval
language sql stable as $$ select date_trunc('second', max(t.due_at) - clock_timestamp() + '0.5 s') from alerting.timer t where t.tenant_id = pg_temp.tenant('duty') and t.kind = $1 $$;
create function pg_temp.again(definition jsonb, severity text default 'high') returns void
language plpgsql as $$
begin
  delete from alerting.alert where tenant_id = pg_temp.tenant('duty');
  delete from alerting.incident where tenant_id = pg_temp.tenant('duty');
  perform pg_temp.policy(definition), pg_temp.fire('{d-1}', severity), pg_temp.pass('0');
end $$;

-- Steps.
select pg_temp.again('{"name": "p", "repeats": 1, "steps": [
  {"targets": [{"person": "ada"}]}, {"delay": "5 minutes", "targets": [{"person": "ben"}, {"channel": "chat"}]}, {"delay": "15 minutes", "targets": [{"round_robin": ["ben", "cleo"]}]}]}') \gset
select is(pg_temp.pages(), '{ada@example.com}', 'the first step comes at once');
select is(pg_temp.due('escalate'), '5 minutes', 'the next after its delay');
select pg_temp.deliver(), pg_temp.pass('299 seconds') \gset
select is(pg_temp.pages(), '{ada@example.com}', 'not before');
select pg_temp.pass('1 second') \gset
select is(pg_temp.pages(), '{ada@example.com,ben@example.com,chat}', 'if nobody acknowledges it by then');
select pg_temp.deliver(), pg_temp.pass('15 minutes') \gset
select is((pg_temp.pages())[4], 'ben@example.com', 'a round robin begins with the first');
select is(pg_temp.due('escalate'), '15 minutes', 'after the last step it waits once more');
select pg_temp.deliver(), pg_temp.pass('15 minutes') \gset
select is((pg_temp.pages())[5], 'ada@example.com', 'and begins again');
select is((select array[i.cycle, i.step, i.repeats_left] from alerting.incident i where i.tenant_id = pg_temp.tenant('duty')), '{1,1,0}', 'as often as the policy says');
select pg_temp.deliver(), pg_temp.pass('5 minutes'), pg_temp.deliver(), pg_temp.pass('15 minutes') \gset
select is((pg_temp.pages())[8], 'cleo@example.com', 'a round robin goes on with the next');
select pg_temp.deliver(), pg_temp.pass('15 minutes') \gset
select is(pg_temp.events(), '{opened,triggered,escalated,escalated,escalated,escalated,escalated,escalated,exhausted}', 'then it is exhausted');
select is(pg_temp.due('escalate'), null, 'nothing more is due');
select is(pg_temp.due('repeat'), '4 hours', 'until it is told again');
select pg_temp.pass('4 hours') \gset
select is((pg_temp.pages())[9], 'ada@example.com', 'from the top');

-- Acknowledgement.
select ok(alerting.acknowledge_incident(pg_temp.tenant('duty'), pg_temp.incident(), 'ben@example.com'), 'whoever has it says so');
select results_eq($$select state, acknowledged_by from alerting.incident where tenant_id = pg_temp.tenant('duty')$$, $$values ('acknowledged', 'ben@example.com')$$, 'it is theirs');
select is((select array_agg(t.state || coalesce(' ' || t.reason, '')) from (select * from pg_temp.told() offset 8) t where t.purpose = 'page'), '{"suppressed overtaken"}', 'a page that is still waiting is not sent');
select is((select array_agg(t.channel) from pg_temp.told() t where t.purpose = 'acknowledge'), '{chat}', 'shared places hear who has it');
select is((select n.payload::jsonb #>> '{data,acknowledged_by}' from alerting.notification n where n.tenant_id = pg_temp.tenant('duty') and n.purpose = 'acknowledge'), 'ben@example.com', 'by name');
select ok(not alerting.acknowledge_incident(pg_temp.tenant('duty'), pg_temp.incident(), 'ada@example.com'), 'the first acknowledgement stays');
select is((select count(*) from alerting.timer t where t.tenant_id = pg_temp.tenant('duty')), 0::bigint, 'it lasts until the incident is resolved');
select pg_temp.pass('30 days') \gset
select is((select state from alerting.incident where tenant_id = pg_temp.tenant('duty')), 'acknowledged', 'however long that takes');
select pg_temp.again('{"name": "p", "acknowledge_timeout": "30 minutes", "reminder": "10 minutes", "steps": [{"targets": [{"person": "ada"}, {"channel": "hook"}]}]}') \gset
select pg_temp.deliver(), alerting.acknowledge_incident(pg_temp.tenant('duty'), pg_temp.incident(), 'ada@example.com'), pg_temp.deliver() \gset
select pg_temp.pass('10 minutes') \gset
select is((select array_agg(coalesce(t.address, t.channel)) from pg_temp.told() t where t.purpose = 'remind'), '{ada@example.com}', 'who has it is reminded if the policy says so');
select pg_temp.deliver(), pg_temp.pass('20 minutes') \gset
select is((select state from alerting.incident where tenant_id = pg_temp.tenant('duty')), 'open', 'an acknowledgement can run out');
select ok('acknowledgement_expired' = any (pg_temp.events()), 'which the timeline says');
select is(array_length(pg_temp.pages(), 1), 4, 'and escalation begins again');

-- Snooze.
select pg_temp.again('{"name": "p", "steps": [{"targets": [{"person": "ada"}]}, {"delay": "5 minutes", "targets": [{"person": "ben"}]}]}'), pg_temp.deliver() \gset
select ok(alerting.snooze_incident(pg_temp.tenant('duty'), pg_temp.incident(), clock_timestamp() + interval '1 hour', 'ada'), 'an incident can be put off');
select pg_temp.pass('59 minutes') \gset
select is(pg_temp.pages(), '{ada@example.com}', 'nobody is told meanwhile');
select pg_temp.pass('1 minute') \gset
select is(pg_temp.pages(), '{ada@example.com,ada@example.com}', 'then it begins again from the top');
select pg_temp.deliver(), alerting.snooze_incident(pg_temp.tenant('duty'), pg_temp.incident(), 'infinity', 'ada'), pg_temp.fire('{d-2}') \gset
select is((select state from alerting.incident where tenant_id = pg_temp.tenant('duty')), 'open', 'one that is put off until it is resolved is open again when another alert joins it');
select alerting.snooze_incident(pg_temp.tenant('duty'), pg_temp.incident(), 'infinity', 'ada'), pg_temp.fire('{d-1}', 'critical') \gset
select is((select state from alerting.incident where tenant_id = pg_temp.tenant('duty')), 'open', 'or when it gets worse');
select alerting.snooze_incident(pg_temp.tenant('duty'), pg_temp.incident(), 'infinity', 'ada') \gset
select ok(alerting.unsnooze_incident(pg_temp.tenant('duty'), pg_temp.incident(), 'ada'), 'or when somebody says so');
select ok(not alerting.unsnooze_incident(pg_temp.tenant('duty'), pg_temp.incident(), 'ada'), 'which ends it once');
select ok(alerting.resolve_incident(pg_temp.tenant('duty'), pg_temp.incident(), 'ada', 'mended'), 'it is resolved by hand');
select is((select count(*) from alerting.alert where tenant_id = pg_temp.tenant('duty') and state = 'open'), 0::bigint, 'with its alerts');
select ok(not alerting.snooze_incident(pg_temp.tenant('duty'), pg_temp.incident(), 'infinity', 'ada'), 'a resolved one is not put off');
select ok(not alerting.acknowledge_incident(pg_temp.tenant('duty'), pg_temp.incident(), 'ada'), 'nor acknowledged');

-- Contact rules.
insert into alerting.contact_method (tenant_id, person_id, channel_id, address) values (pg_temp.tenant('duty'), pg_temp.person('ada'), pg_temp.channel('text'), '+4915112345678');
insert into alerting.contact_rule (tenant_id, person_id, urgency, delay, contact_method_id)
select pg_temp.tenant('duty'), pg_temp.person('ada'), r.urgency, r.delay, m.contact_method_id
from (values ('urgent', interval '0', 'text'), ('urgent', '2 minutes', 'mail'), ('urgent', '4 minutes', 'text'), ('normal', '0', 'mail')) r (urgency, delay, channel)
join alerting.contact_method m on m.tenant_id = pg_temp.tenant('duty') and m.person_id = pg_temp.person('ada') and m.channel_id = pg_temp.channel(r.channel);
select pg_temp.again('{"name": "p", "steps": [{"targets": [{"person": "ada"}]}]}') \gset
select is(pg_temp.pages(), '{+4915112345678}', 'a person is told in the order they chose');
select pg_temp.deliver(), pg_temp.pass('2 minutes') \gset
select is(pg_temp.pages(), '{+4915112345678,ada@example.com}', 'by the next means after its delay');
select pg_temp.deliver(), alerting.acknowledge_incident(pg_temp.tenant('duty'), pg_temp.incident(), 'ada'), pg_temp.pass('1 hour') \gset
select is(array_length(pg_temp.pages(), 1), 2, 'until it is acknowledged');
select pg_temp.again('{"name": "p", "steps": [{"targets": [{"person": "ada"}]}]}', 'medium') \gset
select is(pg_temp.pages(), '{ada@example.com}', 'and by other means when it is not urgent');

-- Nobody there, and conditions that do not hold.
update alerting.person set active = false where tenant_id = pg_temp.tenant('duty') and name = 'ben';
select pg_temp.again('{"name": "p", "steps": [{"targets": [{"person": "ben"}]}, {"delay": "1 hour", "min_severity": "critical", "targets": [{"person": "ada"}]}, {"delay": "1 hour", "targets": [{"round_robin": ["ben", "cleo"]}]}]}') \gset
select is(pg_temp.pages(), '{cleo@example.com}', 'a step without anybody, or whose conditions do not hold, is passed over at once');
select is((select array_agg(e.detail ->> 'reason' order by e.event_id) from alerting.incident_event e where e.tenant_id = pg_temp.tenant('duty') and e.kind = 'step_skipped'),
  '{"it has nobody who can be told","its conditions do not hold"}', 'and recorded with the reason');
delete from alerting.setting where tenant_id = pg_temp.tenant('duty');
select alerting.save_policy(pg_temp.tenant('duty'), '{"name": "nobody", "steps": [{"targets": [{"person": "ben"}]}]}') as nobody \gset
insert into alerting.route (tenant_id, name, policy_id) values (pg_temp.tenant('duty'), 'all', :nobody);
delete from alerting.alert where tenant_id = pg_temp.tenant('duty');
delete from alerting.incident where tenant_id = pg_temp.tenant('duty');
select pg_temp.fire('{d-1}'), pg_temp.pass('0') \gset
select is(pg_temp.pages(), '{chat,hook}', 'when a policy has nobody at all, every channel with recipients of its own is told');
select is((select e.detail ->> 'fallback' from alerting.incident_event e where e.tenant_id = pg_temp.tenant('duty') and e.kind = 'exhausted'), 'every channel', 'as the fallback');
delete from alerting.route where tenant_id = pg_temp.tenant('duty');

-- A schedule is asked when its step comes, the policy when the incident opens.
update alerting.person set active = true where tenant_id = pg_temp.tenant('duty');
insert into alerting.schedule (tenant_id, name, time_zone, fallback_person_id) values (pg_temp.tenant('duty'), 'night', 'Europe/Berlin', pg_temp.person('ben'));
delete from alerting.contact_rule where tenant_id = pg_temp.tenant('duty');
select pg_temp.again('{"name": "p", "steps": [{"delay": "5 minutes", "targets": [{"schedule": "night"}]}]}') \gset
select pg_temp.policy('{"name": "p", "steps": [{"targets": [{"channel": "hook"}]}]}') \gset
update alerting.schedule set fallback_person_id = pg_temp.person('cleo') where tenant_id = pg_temp.tenant('duty');
select pg_temp.pass('5 minutes') \gset
select is(pg_temp.pages(), '{cleo@example.com}', 'the policy is that of the opening, the schedule that of the step');

-- Hours.
create function pg_temp.holds(step jsonb, at text) returns boolean
language sql as $$ select alerting.step_holds(step, 'high', at::timestamptz) $$;
select results_eq($$
  select pg_temp.holds('{"weekdays": [5], "from_time": "22:00", "to_time": "06:00", "time_zone": "Europe/Berlin"}', t.at)
  from (values ('2026-11-27 20:59Z'), ('2026-11-27 21:00Z'), ('2026-11-28 04:59Z'), ('2026-11-28 05:00Z'), ('2026-11-28 21:30Z')) t (at)$$,
  $$values (false), (true), (true), (false), (false)$$, 'hours are by the wall clock, and a night belongs to the day on which it began');
select results_eq($$
  select pg_temp.holds('{"weekdays": [6, 7], "time_zone": "America/Chicago"}', t.at) from (values ('2026-11-28 05:59Z'), ('2026-11-28 06:00Z')) t (at)$$,
  $$values (false), (true)$$, 'a weekday is a whole day of its zone');

-- What cannot be delivered.
select pg_temp.again('{"name": "p", "steps": [{"targets": [{"channel": "chat"}]}, {"delay": "1 hour", "targets": [{"person": "ada"}]}]}') \gset
update alerting.notification set state = 'dead' where tenant_id = pg_temp.tenant('duty') and state = 'pending';
insert into alerting.timer (tenant_id, incident_id, kind, key, due_at)
select n.tenant_id, n.incident_id, 'undelivered', n.notification_id::text, clock_timestamp() from alerting.notification n where n.tenant_id = pg_temp.tenant('duty')
on conflict do nothing;
select pg_temp.pass('0'), pg_temp.pass('0') \gset
select is(pg_temp.pages(), '{chat,ada@example.com,+4915112345678}', 'when a step reached nobody the next does not wait');
select ok('undelivered' = any (pg_temp.events()), 'and the timeline says why');

-- Handoffs.
select alerting.save_schedule(pg_temp.tenant('duty'), jsonb_build_object('name', 'turns', 'time_zone', 'UTC', 'layers', jsonb_build_array(jsonb_build_object(
  'name', 'hourly', 'priority', 1, 'unit', 'hour', 'start', to_char(date_trunc('hour', now()) - interval '1 day 30 minutes', 'YYYY-MM-DD"T"HH24:MI'),
  'slots', '[["ada"], ["ben"]]'::jsonb))), null) \gset
update alerting.schedule_layer set effective_from = now() - interval '2 days' where tenant_id = pg_temp.tenant('duty');
create function pg_temp.notices() returns bigint
language sql as $$ select count(*) from alerting.notification n where n.tenant_id = pg_temp.tenant('duty') and n.purpose = 'handoff' $$;
delete from alerting.handoff_watermark where tenant_id = pg_temp.tenant('duty');
select alerting.tell_handoffs(pg_temp.tenant('duty')) \gset
select is(pg_temp.notices(), 0::bigint, 'handoffs before the first look are not told');
update alerting.handoff_watermark set told_to = told_to - interval '1 hour' where tenant_id = pg_temp.tenant('duty');
select alerting.tell_handoffs(pg_temp.tenant('duty')) \gset
select is((select array_agg(distinct (n.payload #>> '{data,goes}') || ' ' || (n.payload #>> '{data,schedule}')) from (
    select n.payload::jsonb as payload from alerting.notification n where n.tenant_id = pg_temp.tenant('duty') and n.purpose = 'handoff') n), '{"off turns","on turns"}', 'one person hears that they are on call, the other that they are not any more');
select pg_temp.notices() as before \gset
select alerting.tell_handoffs(pg_temp.tenant('duty')) \gset
select is(pg_temp.notices(), :before::bigint, 'once');

-- Definitions.
create function pg_temp.saved(definition jsonb) returns text
language sql as $$ select pg_temp.refusal(format('select alerting.save_policy(pg_temp.tenant(%L), %L)', 'duty', definition)) $$;
select matches(pg_temp.saved('{"name": "P"}'), '^22023: a policy.s name begins', 'a policy has a name');
select matches(pg_temp.saved('{"name": "p"}'), '^22023: a policy has a list of steps', 'and steps');
select matches(pg_temp.saved('{"name": "p", "steps": []}'), '^22023: a policy has 1 to 20 steps', 'at least one');
select matches(pg_temp.saved('{"name": "p", "steps": [{"targets": []}]}'), '^22023: step 1 has not 1 to 20 targets', 'each with targets');
select matches(pg_temp.saved('{"name": "p", "steps": [{"targets": [{"person": "zoe"}]}]}'), '^42704: person "zoe" does not exist \(GET /people', 'who exist');
select matches(pg_temp.saved('{"name": "p", "steps": [{"targets": [{"dog": "rex"}]}]}'), '^22023: target 1 of step 1 is not one', 'and are something that can be told');
select matches(pg_temp.saved('{"name": "p", "steps": [{"delay": "soon", "targets": [{"person": "ada"}]}]}'), '^22023: the policy is not valid: invalid input syntax for type interval', 'a delay is an interval');
select matches(pg_temp.saved('{"name": "p", "repeats": 10, "steps": [{"targets": [{"person": "ada"}]}]}'), '^22023: the policy is not valid', 'repeats are bounded');
select matches(pg_temp.saved('{"name": "p", "steps": [{"time_zone": "Mars/Olympus", "targets": [{"person": "ada"}]}]}'), '^22023: step 1 has the unknown time zone', 'hours have a known zone');
select is(pg_temp.saved('{"name": "p", "steps": [{"from_time": "22:00", "to_time": "06:00", "time_zone": "Europe/Berlin", "weekdays": [1, 7], "targets": [{"all_channels": true}, {"schedule": "night"}]}]}'), 'accepted', 'the rest is taken');
select pg_temp.saved('{"name": "p", "steps": [{"targets": [{"person": "ada"}, {"schedule": "night"}, {"channel": "hook"}, {"round_robin": ["ben"]}]}]}') \gset
insert into alerting.route (tenant_id, name, policy_id) select p.tenant_id, 'p', p.policy_id from alerting.escalation_policy p where p.tenant_id = pg_temp.tenant('duty') and p.name = 'p';
select lives_ok($$delete from fleet.tenant where name = 'duty'$$, 'a tenant leaves with all of it');
select * from finish();
rollback;
