-- What a channel's state does to its messages: turns, priorities, limits, rest after failures, and what is off. Times are
-- moved instead of waited for.
begin;
set local client_min_messages = warning;
select plan(54);
\ir ../support/refusal.psql
\ir ../support/names.psql
\ir ../support/outbox.psql
select ops.create_tenant('acme', 'Acme'), ops.create_tenant('globex', 'Globex') \gset
delete from alerting.notification;
delete from alerting.channel;
create function pg_temp.health(channel text) returns table (failure_streak int, pauses int, rests interval, probing boolean)
language sql as $$ select failure_streak, pauses, date_trunc('second', paused_until - clock_timestamp()), probe_until is not null from alerting.channel where name = $1 $$;
-- Lets a channel's rest pass.
create function pg_temp.wake(channel text) returns void
language sql as $$ update alerting.channel set paused_until = clock_timestamp() - interval '1 ms' where name = $1 $$;
-- An incident of a tenant.
create function pg_temp.incident(tenant text) returns bigint
language sql as $$ insert into alerting.incident (tenant_id, group_key, policy, severity, title) values (pg_temp.tenant(tenant), gen_random_uuid()::text, '{}', 'high', 'x') returning incident_id $$;
create function pg_temp.undelivered() returns text[]
language sql as $$ select coalesce(array_agg(replace(n.message_id, 'msg_', '') order by n.notification_id), '{}') from alerting.timer t join alerting.notification n on n.notification_id::text = t.key where t.kind = 'undelivered' and t.due_at <= clock_timestamp() $$;

-- Turns and priorities.
select pg_temp.channel('acme', 'a'), pg_temp.channel('acme', 'b'), pg_temp.channel('globex', 'c') \gset
select pg_temp.notify('a', 5), pg_temp.notify('b', 2), pg_temp.notify('c', 1), pg_temp.notify('c', 1, 30) \gset
select is(pg_temp.claim('w', 5), '{"c_2 1","a_1 1","a_2 1","b_1 1","c_1 1"}', 'a higher priority goes first, then each channel in its turn');
select is(pg_temp.claim('w', 5), '{"a_3 1","a_4 1","a_5 1","b_2 1"}', 'then the rest');
select pg_temp.notify('a', 5), pg_temp.notify('b', 9) \gset
select is(pg_temp.claim('w', 100), '{"a_6 1","a_7 1","a_8 1","b_3 1","b_4 1","b_5 1","b_6 1","b_7 1","b_8 1"}', 'no channel has more than its eight in flight');
select pg_temp.settle('b_4', 1, 'delivered', 200) \gset
select is(pg_temp.claim('w', 100), '{"b_9 1"}', 'until one of them has ended');
update alerting.notification set claimed_at = claimed_at - interval '4 seconds' where state = 'claimed' and message_id = 'msg_a_1';
select pg_temp.settle(m, 1, 'delivered', 200) from unnest('{a_2,a_3,a_4}'::text[]) m \g /dev/null
select is(pg_temp.claim('w', 100), '{}', 'nor more than four while one of them takes long');
select pg_temp.settle('a_1', 1, 'delivered', 200) \gset
select is(pg_temp.claim('w', 100), '{"a_9 1","a_10 1"}', 'until that has ended too');

-- A backlog of one channel hides no other, whatever comes first.
delete from alerting.notification;
select pg_temp.notify('a', 2000), pg_temp.notify('b', 3, -5), pg_temp.notify('c', 3) \gset
select is((select array_agg(split_part(m, '_', 1) order by m) from unnest(pg_temp.claim('w', 6)) m), '{a,a,a,c,c,c}', 'with thousands waiting each channel still has its turn');
select is((select count(*) filter (where m ~ '^b') || ' of ' || count(*) from unnest(pg_temp.claim('w', 100)) m), '3 of 8', 'and lower priorities have theirs when nothing else may be sent');

-- Five failures in a row.
delete from alerting.notification;
select pg_temp.notify('a', 30), pg_temp.claim('w', 4) \gset
select pg_temp.settle('a_' || i, 1, 'retry', 503) from generate_series(1, 4) i \g /dev/null
select results_eq($$select failure_streak, pauses, rests from pg_temp.health('a')$$, $$values (4, 0, null::interval)$$, 'four failures are counted');
select ok((select last_failure_at between now() and clock_timestamp() and last_success_at < last_failure_at from alerting.channel where name = 'a'), 'with their time');
select is(pg_temp.claim('w', 4), '{"a_5 1","a_6 1","a_7 1","a_8 1"}', 'and change nothing');
select pg_temp.settle('a_5', 1, 'permanent', 404) \gset
select ok((select failure_streak = 5 and pauses = 1 and rests between interval '23 seconds' and interval '30 seconds' from pg_temp.health('a')), 'after the fifth the channel rests for half a minute');
select is(pg_temp.claim('w', 4), '{}', 'and gets nothing');
select pg_temp.settle(m, 1, 'retry', 503) from unnest('{a_6,a_7}'::text[]) m \g /dev/null
select ok((select failure_streak = 7 and pauses = 1 and rests <= interval '30 seconds' from pg_temp.health('a')), 'what was under way does not lengthen the rest');
select pg_temp.wake('a') \gset
select is(pg_temp.claim('w', 4), '{}', 'what is still under way comes first');
select pg_temp.expire('a_8') \gset
update alerting.notification set max_attempts = 50, next_attempt_at = case when message_id = 'msg_a_8' then now() - interval '1 hour' else now() end;
select is(pg_temp.claim('w', 4), '{"a_8 2"}', 'then it is tried with one message');
select is(pg_temp.claim('w2', 4), '{}', 'by one worker alone');
select pg_temp.settle('a_8', 2, 'retry', 503) \gset
select ok((select failure_streak = 8 and pauses = 2 and rests between interval '47 seconds' and interval '60 seconds' and not probing from pg_temp.health('a')), 'a failure makes it rest twice as long');
create temp table rest (pause int, rests interval);
do $$
begin
  for v_pause in 3 .. 9 loop
    perform pg_temp.wake('a');
    update alerting.notification set next_attempt_at = clock_timestamp() - interval '1 minute' where message_id = 'msg_a_8';
    perform pg_temp.claim('w', 4);
    perform pg_temp.settle((select replace(message_id, 'msg_', '') from alerting.notification where state = 'claimed'), (select attempt from alerting.notification where state = 'claimed'), 'retry');
    insert into rest select v_pause, rests from pg_temp.health('a');
  end loop;
end $$;
select is((select count(*) from rest r join unnest('{120,240,480,900,900,900,900}'::int[]) with ordinality u (seconds, n) on n = pause - 2
    where rests between make_interval(secs => 0.8 * seconds - 1) and make_interval(secs => seconds)), 7::bigint, 'doubling up to a quarter of an hour');
select pg_temp.wake('a') \gset
select is(cardinality(pg_temp.claim('w', 4)), 1, 'one message more');
select alerting.release_notifications('w') \gset
select is(cardinality(pg_temp.claim('w2', 4)), 1, 'which another worker makes at once when the first gives it back');
select pg_temp.settle((select replace(message_id, 'msg_', '') from alerting.notification where state = 'claimed'), (select attempt from alerting.notification where state = 'claimed'), 'delivered', 200) \gset
select results_eq($$select failure_streak, pauses, rests, probing from pg_temp.health('a')$$, $$values (0, 0, null::interval, false)$$, 'a delivery ends all of that');
select is(cardinality(pg_temp.claim('w', 100)), 8, 'and everything goes on');

-- A page that reaches nobody goes on to somebody else.
delete from alerting.notification;
select pg_temp.incident('acme') as one, pg_temp.incident('acme') as other \gset
select pg_temp.channel('acme', 'sms', 'sms') \gset
select pg_temp.notify('sms', 3, 0, 'page', :one), pg_temp.notify('sms', 1, 0, 'update', :one), pg_temp.notify('b', 1, 0, 'page', :one) \gset
insert into alerting.notification (tenant_id, channel_id, message_id, payload, purpose, incident_id, state, reason, bundled_into)
select tenant_id, channel_id, 'msg_bundled', '{}', 'page', :other, 'suppressed', 'bundled', notification_id from alerting.notification where message_id = 'msg_sms_1';
select pg_temp.claim() \gset
select pg_temp.settle('sms_1', 1, 'permanent', 400), pg_temp.settle('sms_2', 1, 'delivered', 201), pg_temp.settle('sms_3', 1, 'retry', 500), pg_temp.settle('sms_4', 1, 'permanent', 400),
  pg_temp.settle('b_1', 1, 'retry', 500) \gset
select is(pg_temp.undelivered(), '{sms_1,bundled}', 'a page that is dead, with what was bundled into it');
select is((select incident_id from alerting.timer t where key = pg_temp.id('bundled')::text), :other::bigint, 'for the incident of each');
update alerting.notification set waiting_since = now() - interval '4 minutes 50 seconds' where state = 'pending';
select pg_temp.claim() \gset
select is(pg_temp.undelivered(), '{sms_1,bundled}', 'one that has failed for less than five minutes may still arrive');
update alerting.notification set waiting_since = now() - interval '5 minutes 1 second' where state in ('pending', 'claimed');
select pg_temp.claim() \gset
select is(pg_temp.undelivered(), '{sms_1,sms_3,b_1,bundled}', 'after five minutes somebody else is told');
select is((select array_agg(state order by message_id) from alerting.notification where message_id in ('msg_sms_3', 'msg_b_1')), '{pending,pending}', 'while it goes on being tried');
delete from alerting.timer;
update alerting.notification set max_attempts = 1, state = 'pending', claimed_by = null, lease_until = null, next_attempt_at = now() where message_id = 'msg_b_1';
select pg_temp.claim() \gset
select pg_temp.settle('b_1', (select attempt from alerting.notification where message_id = 'msg_b_1'), 'retry', 500) \gset
select is((select state from alerting.notification where message_id = 'msg_b_1'), 'dead', 'and when it is dead after that');
select is(pg_temp.undelivered(), '{}', 'that is no news');

-- A channel that is off.
delete from alerting.notification;
update alerting.channel set failure_streak = 0, pauses = 0, paused_until = null;
select pg_temp.notify('b', 2, 0, 'page', :one), pg_temp.notify('b', 1, 0, 'update', :one), pg_temp.notify('a', 1) \gset
update alerting.notification set next_attempt_at = now() + interval '1 minute' where message_id = 'msg_b_2';
update alerting.channel set enabled = false where name = 'b';
select is(pg_temp.claim(), '{"a_1 1"}', 'gets nothing');
select results_eq($$select state, reason from alerting.notification where message_id ~ 'msg_b' order by message_id$$,
  $$values ('suppressed', 'channel_off'), ('pending', null), ('suppressed', 'channel_off')$$, 'and what is due does not wait for ever');
select is(pg_temp.undelivered(), '{b_1}', 'a page goes on to somebody else');
update alerting.channel set enabled = true where name = 'b';
select pg_temp.expire('b_2') \gset
select is(pg_temp.claim(), '{"b_2 1"}', 'turned on again it goes on');

-- 410.
select pg_temp.notify('a', 5), pg_temp.claim('w', 3) \gset
select pg_temp.settle('a_1', 1, 'gone', 410, 'answered 410 Gone') \gset
select results_eq($$select state, attempt, last_status, last_detail from pg_temp.now_at('a_1')$$, $$values ('dead', 1, 410, 'answered 410 Gone')$$, 'a receiver that is gone gets it never');
select ok((select enabled and disabled_at between now() and clock_timestamp() and disabled_reason = 'the receiver says that it is gone' from alerting.channel where name = 'a'), 'its channel is turned off');
select results_eq($$select tenant_id, state, severity, summary from alerting.alert where dedup_key = (select format('channel:%s:gone', channel_id) from alerting.channel where name = 'a')$$,
  $$values (pg_temp.tenant('acme'), 'open', 'high', 'Channel "a" is turned off: its receiver says that it is gone')$$, 'an alert says so');
select pg_temp.settle('a_2', 1, 'gone', 410) \gset
select is(pg_temp.claim('w2'), '{}', 'nothing more is sent there');
update alerting.channel set disabled_at = null, disabled_reason = null where name = 'a';
select is((select state from alerting.alert where dedup_key ~ 'channel:\d+:gone'), 'resolved', 'turned on again, the alert ends');

-- Links that acknowledge.
delete from alerting.notification;
update alerting.channel set failure_streak = 0, paused_until = null;
select pg_temp.channel('acme', 'mail', 'email'), pg_temp.channel('acme', 'slack', 'slack'), pg_temp.channel('acme', 'pager', 'pagerduty') \gset
insert into alerting.template (tenant_id, name, kind, subject, body) values (pg_temp.tenant('acme'), 'mine', 'email', 'S', 'B');
update alerting.channel set template_id = (select template_id from alerting.template where name = 'mine'), allow_http = true where name = 'mail';
select pg_temp.notify('mail', 1, 0, 'page', :one), pg_temp.notify('mail', 1, 0, 'resolve', :one), pg_temp.notify('mail', 1, 0, 'page'),
  pg_temp.notify('slack', 1, 0, 'remind', :one), pg_temp.notify('sms', 1, 0, 'update', :one), pg_temp.notify('pager', 1, 0, 'page', :one), pg_temp.notify('a', 1, 0, 'page', :one) \gset
update alerting.notification set address = 'ann@example.com', thread_id = 'vigil/1', language = 'de' where message_id = 'msg_mail_1';
create temp table got as select * from alerting.claim_notifications('w', 100, '30 seconds');
select is((select array_agg(message_id order by message_id) from got where link_token is not null), '{msg_mail_1,msg_slack_1,msg_sms_1}', 'where somebody can follow a link, about an incident that goes on');
select is((select count(*) from got where link_token ~ '^[A-Za-z0-9_-]{43}$'), 3::bigint, 'it is 32 bytes');
select results_eq($$select l.notification_id, l.expires_at > now() + interval '23 hours 59 minutes' from alerting.acknowledge_link l join got g on l.token_sha256 = sha256(convert_to(g.link_token, 'UTF8')) order by 1$$,
  $$select g.notification_id, true from got g where link_token is not null order by 1$$, 'of which the database keeps the hash, for a day');
select results_eq($$select kind, purpose, config::jsonb ->> 'host', address, secret_ref, template::jsonb, language, allow_http, thread_id from got where message_id = 'msg_mail_1'$$,
  $$values ('email', 'page', 'mail.example.com', 'ann@example.com', null::text, '{"subject": "S", "body": "B", "html": null}'::jsonb, 'de', true, 'vigil/1')$$, 'and the rest is as the channel and the message say');
select pg_temp.expire('mail_1') \gset
select is(pg_temp.claim('w', 1), '{"mail_1 2"}', 'tried again');
select is((select count(*) from alerting.acknowledge_link where notification_id = pg_temp.id('mail_1')), 2::bigint, 'each attempt has a token of its own');
update alerting.acknowledge_link set expires_at = now() - interval '1 second' where notification_id = pg_temp.id('mail_1');
select ops.prune() \gset
select is((select count(*) from alerting.acknowledge_link), 2::bigint, 'the job prune removes what has expired');

-- The identity.
delete from alerting.notification;
delete from alerting.tally;
update alerting.channel set failure_streak = 0, paused_until = null;
select pg_temp.notify('a', 6), pg_temp.notify('c', 2), pg_temp.claim('w', 4) \gset
select results_eq($$select * from alerting.balance(pg_temp.tenant('acme'))$$, $$values (6::bigint, 0::bigint, 0::bigint, 0::bigint, 6::bigint, true)$$, 'what is raised waits');
select pg_temp.settle('a_1', 1, 'delivered', 200), pg_temp.settle('a_2', 1, 'permanent', 400), pg_temp.settle('a_3', 1, 'retry', 500) \gset
update alerting.notification set state = 'suppressed', reason = 'quota' where message_id = 'msg_a_6';
select results_eq($$select * from alerting.balance(pg_temp.tenant('acme'))$$, $$values (6::bigint, 1::bigint, 1::bigint, 1::bigint, 3::bigint, true)$$, 'is sent, suppressed or dead');
select alerting.replay_notification(pg_temp.tenant('acme'), pg_temp.id('a_2')) \gset
select results_eq($$select * from alerting.balance(pg_temp.tenant('acme'))$$, $$values (6::bigint, 1::bigint, 1::bigint, 0::bigint, 4::bigint, true)$$, 'and waits again when the dead are replayed');
delete from alerting.notification where state in ('delivered', 'suppressed');
update alerting.tally set day = day - 1;
select ops.prune() \gset
select results_eq($$select *, (select count(*) from alerting.tally where tenant_id = pg_temp.tenant('acme')) from alerting.balance(pg_temp.tenant('acme'))$$,
  $$values (6::bigint, 1::bigint, 1::bigint, 0::bigint, 4::bigint, true, 1::bigint)$$, 'retention of what has ended changes nothing, nor does adding a day together');
delete from alerting.channel where name = 'a';
select results_eq($$select * from alerting.balance(pg_temp.tenant('acme'))$$, $$values (6::bigint, 1::bigint, 5::bigint, 0::bigint, 0::bigint, true)$$, 'what waited for a channel that is removed is suppressed');
alter table alerting.notification disable trigger user;
delete from alerting.notification where message_id = 'msg_c_1';
alter table alerting.notification enable trigger user;
select results_eq($$select waiting, balanced from alerting.balance(pg_temp.tenant('globex'))$$, $$values (1::bigint, false)$$, 'a row that vanishes is noticed');
select ops.prune() \gset
select is((select al.state from alerting.alert al where al.tenant_id = pg_temp.tenant('globex') and al.dedup_key = 'outbox:balance'), 'open', 'and told within an hour');
select lives_ok($$delete from fleet.tenant where name in ('acme', 'globex')$$, 'a tenant goes with its outbox');

select * from finish();
rollback;
