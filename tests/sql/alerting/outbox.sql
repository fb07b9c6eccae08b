-- The outbox: claims under a lease, settlement, retries, and what is given up. Times are moved instead of waited for.
begin;
set local client_min_messages = warning;
select plan(70);
\ir ../support/refusal.psql
\ir ../support/names.psql
\ir ../support/outbox.psql

select ops.create_tenant('acme', 'Acme'), ops.create_tenant('globex', 'Globex') \gset
-- What another tenant or test left in the outbox is not part of this.
delete from alerting.notification;
select pg_temp.channel('acme', 'a'), pg_temp.channel('globex', 'g') \gset

-- Claiming.
select pg_temp.notify('a', 3), pg_temp.notify('g', 2) \gset
select results_eq($$select notification_id = pg_temp.id('a_1'), attempt, message_id, kind, purpose, config::jsonb, address, secret_ref, payload, template, language, allow_http,
    thread_id, link_token, created_at from alerting.claim_notifications('w1', 1, '30 seconds')$$,
  $$values (true, 1, 'msg_a_1', 'webhook', 'page', '{"url": "https://hooks.example.com/a"}'::jsonb, null::text, 'file:acme/a', '{"n": 1}', null::text, 'en', false,
    null::text, null::text, now())$$, 'a claim brings what is needed to send');
select results_eq($$select * from pg_temp.now_at('a_1')$$, $$values ('claimed', 1, 'w1', true, null::int, null::text)$$, 'counts the attempt and names the worker');
select ok((select lease_until - clock_timestamp() between interval '29 seconds' and interval '30 seconds' from alerting.notification where message_id = 'msg_a_1'), 'for as long as it asked');
select is(pg_temp.claim('w2', 2), '{"a_2 1","g_1 1"}', 'another worker gets the next, of all tenants');
select is(pg_temp.claim('w2'), '{"a_3 1","g_2 1"}', 'then the rest');
select is(pg_temp.claim('w2'), '{}', 'then nothing');
select pg_temp.expire('a_1') \gset
select is(pg_temp.claim('w2'), '{"a_1 2"}', 'a lease that ran out is claimed again, as the next attempt');
select results_eq($$select attempt, worker, outcome, detail from alerting.delivery_attempt where notification_id = pg_temp.id('a_1')$$,
  $$values (1, 'w1', 'lost', 'the worker vanished')$$, 'and the attempt before is on record as lost');
update alerting.notification set state = 'pending', claimed_by = null, lease_until = null, next_attempt_at = clock_timestamp() + interval '1 minute' where message_id = 'msg_g_2';
select is(pg_temp.claim('w2'), '{}', 'what is not due yet is not claimed');
select is(
  (select array_agg(distinct pg_temp.refusal(format('select pg_temp.claim(%L, %L, %L)', w, b, l)))
    from (values ('', 1, '30 seconds'), (null, 1, '30 seconds'), ('w', 0, '30 seconds'), ('w', 1001, '30 seconds'), ('w', 1, '4 seconds'), ('w', 1, '11 minutes')) as x (w, b, l)),
  '{"22023: a claim takes a worker name, a batch of 1 to 1000 and a lease of 5 seconds to 10 minutes (Check the worker''s settings.)"}', 'a claim has limits');
select is(pg_temp.refusal($$select pg_temp.claim('w', null, '30 seconds')$$),
  '22023: a claim takes a worker name, a batch of 1 to 1000 and a lease of 5 seconds to 10 minutes (Check the worker''s settings.)', 'all of which must be given');

-- Settling.
select is(pg_temp.settle('a_2', 1, 'delivered', 204), true, 'a delivery is settled');
select results_eq($$select * from pg_temp.now_at('a_2')$$, $$values ('delivered', 1, null::text, false, 204, null::text)$$, 'as delivered');
select ok((select delivered_at between now() and clock_timestamp() from alerting.notification where message_id = 'msg_a_2'), 'with its time');
select is(pg_temp.settle('a_2', 1, 'delivered', 204), false, 'once');
select is(pg_temp.settle('a_1', 1, 'delivered', 200), false, 'the worker whose lease ran out cannot settle the attempt of another');
select results_eq($$select * from pg_temp.now_at('a_1')$$, $$values ('claimed', 2, 'w2', true, null::int, null::text)$$, 'which goes on');
select is(pg_temp.settle('a_1', 2, 'permanent', 404, 'not there'), true, 'a receiver that will never take it');
select results_eq($$select * from pg_temp.now_at('a_1')$$, $$values ('dead', 2, null::text, false, 404, 'not there')$$, 'makes it dead');
select is(pg_temp.settle('g_1', 1, 'retry', 503, repeat('x', 600)), true, 'a failure that may pass');
select results_eq($$select * from pg_temp.now_at('g_1')$$, $$values ('pending', 1, null::text, false, 503, repeat('x', 500))$$, 'leaves it pending, with a short reason');
select is(pg_temp.settle('g_1', 1, 'retry'), false, 'what is not claimed cannot be settled');
select results_eq($$select * from alerting.settle_notifications('{-1}', '{1}', '{retry}', '{null}', '{null}', '{null}')$$, $$values (-1::bigint, false)$$, 'nor what is not there');
select results_eq($$select pg_temp.id(m), attempt, worker, outcome, status, detail from (values ('a_1'), ('a_2'), ('g_1')) v (m)
    join alerting.delivery_attempt a on a.notification_id = pg_temp.id(m) where outcome <> 'lost' order by m$$,
  $$values (pg_temp.id('a_1'), 2, 'w2', 'permanent', 404, 'not there'), (pg_temp.id('a_2'), 1, 'w2', 'delivered', 204, null), (pg_temp.id('g_1'), 1, 'w2', 'retry', 503, repeat('x', 500))$$,
  'each attempt is kept, with who made it');
select is(
  (select array_agg(distinct pg_temp.refusal(format($$select pg_temp.settle('a_3', 1, %L)$$, o))) from unnest(array['lost', '']) o),
  '{"22023: unknown outcome \"\" (Use delivered, retry, permanent or gone.)","22023: unknown outcome \"lost\" (Use delivered, retry, permanent or gone.)"}', 'an outcome is one of four');
select matches(pg_temp.refusal($$select pg_temp.settle('a_3', 1, null)$$), '^22023: unknown outcome', 'and not none');

-- Many answers in one call, each for itself.
delete from alerting.notification;
select pg_temp.notify('a', 3), pg_temp.claim() \gset
select pg_temp.expire('a_3') \gset
select is(pg_temp.claim('w2'), '{"a_3 2"}', 'one of three has gone to another worker');
select results_eq($$select s.notification_id, s.settled from alerting.settle_notifications(
    array[pg_temp.id('a_2'), pg_temp.id('a_3'), pg_temp.id('a_3'), pg_temp.id('a_1'), pg_temp.id('a_1'), -1], '{1,1,2,1,1,1}',
    '{retry,delivered,permanent,delivered,delivered,delivered}', '{503,200,404,200,200,200}', '{busy,null,gone away,null,null,null}', '{null,null,null,null,null,null}') s$$,
  $$values (pg_temp.id('a_2'), true), (pg_temp.id('a_3'), false), (pg_temp.id('a_3'), true), (pg_temp.id('a_1'), true), (pg_temp.id('a_1'), false), (-1, false)$$,
  'a settlement answers for each in its order: the stale, the repeated and the unknown are refused');
select results_eq($$select state, attempt, last_status, last_detail from alerting.notification order by message_id$$,
  $$values ('delivered', 1, 200, null), ('pending', 1, 503, 'busy'), ('dead', 2, 404, 'gone away')$$, 'and the others are as they were told');
select is((select array_agg(distinct pg_temp.refusal(format('select * from alerting.settle_notifications(%L, %L, %L, %L, %L, %L)', i, a, o, s, d, r)))
    from (values ('{}', '{}', '{}', '{}', '{}', '{}'), ('{1,2}', '{1}', '{retry}', '{1}', '{x}', '{1}'), ('{1}', '{1}', '{retry}', '{1}', '{x}', null)) v (i, a, o, s, d, r)),
  '{"22023: a settlement takes six lists of the same length, from 1 to 1000 (Give each answer a place in every list, null where it has no value.)"}', 'the lists are of one length');

-- Waiting between attempts: full jitter below the bounds of the schedule.
delete from alerting.notification;
update alerting.channel set max_in_flight = 100;
select pg_temp.channel('acme', 'pager', 'pagerduty') \gset
update alerting.channel set max_in_flight = 100;
select pg_temp.notify('a', 40), pg_temp.notify('pager', 40) \gset
update alerting.notification set max_attempts = 50;
create temp table waited (kind text, attempt int, delay interval);
do $$
begin
  for v_attempt in 1 .. 12 loop
    update alerting.notification set next_attempt_at = clock_timestamp() - interval '1 second';
    update alerting.channel set paused_until = null, failure_streak = 0;
    perform pg_temp.claim('w', 1000);
    perform pg_temp.settle(c || '_' || i, v_attempt, 'retry') from generate_series(1, 40) i, (values ('a'), ('pager')) c (c);
    insert into waited select c, v_attempt, pg_temp.delay(c || '_' || i) from generate_series(1, 40) i, (values ('a'), ('pager')) c (c);
  end loop;
end $$;
create temp table bound (kind text, attempt int, bound interval);
insert into bound select 'a', row_number() over (), d from unnest('{5 seconds,5 minutes,30 minutes,2 hours,5 hours,10 hours,14 hours,20 hours,24 hours,24 hours,24 hours,24 hours}'::interval[]) d;
insert into bound select 'pager', row_number() over (), d from unnest('{2 seconds,10 seconds,30 seconds,1 minute,2 minutes,2 minutes,2 minutes,2 minutes,2 minutes,2 minutes,2 minutes,2 minutes}'::interval[]) d;
select is((select count(*) from waited w join bound b using (kind, attempt) where w.delay <= b.bound), 960::bigint, 'no wait is longer than its bound');
select ok((select bool_and(delay > interval '0.5 seconds') from waited), 'nor shorter than about a second');
select is((select count(*) from (select kind, attempt, max(w.delay) - min(w.delay) as spread, b.bound from waited w join bound b using (kind, attempt) group by 1, 2, 4) x
    where x.spread > x.bound * 0.5 or x.bound <= interval '2 seconds'), 24::bigint, 'and they are spread over all of it');
select ok((select bool_and(alerting.retry_delay(case kind when 'a' then 'webhook' else 'pagerduty' end, 'page', attempt) = bound) from bound), 'pages over PagerDuty have seconds to minutes');
select is(alerting.retry_delay('slack', 'update', 2), interval '5 minutes', 'other messages have the long schedule everywhere');
select is(alerting.retry_delay('email', 'page', 0), interval '5 seconds', 'from the first');
select ok((select sum(alerting.retry_delay('sms', 'page', i)) < interval '4 minutes' from generate_series(1, alerting.max_attempts('sms', 'page') - 1) i), 'a page over sms has ended before five minutes');
select ok((select sum(alerting.retry_delay('email', 'page', i)) between interval '75 hours' and interval '76 hours' from generate_series(1, alerting.max_attempts('email', 'page') - 1) i), 'email and webhooks go on for three days');

-- A receiver may ask for more time, within reason.
delete from alerting.notification;
update alerting.channel set failure_streak = 0, paused_until = null;
select pg_temp.notify('a', 6), pg_temp.claim() \gset
select pg_temp.settle('a_1', 1, 'retry', 429, 'busy', 600), pg_temp.settle('a_2', 1, 'retry', 429, 'busy', 259200),
  pg_temp.settle('a_3', 1, 'retry', 429, 'busy', 0.5), pg_temp.settle('a_4', 1, 'retry', 429, 'busy', -86400),
  pg_temp.settle('a_5', 1, 'retry', 429, 'busy', 'infinity'), pg_temp.settle('a_6', 1, 'retry', 429, 'busy', 'nan') \gset
select ok(pg_temp.delay('a_1') between interval '9 minutes 59 seconds' and interval '10 minutes', 'retry-after is kept');
select ok(pg_temp.delay('a_2') between interval '59 minutes 59 seconds' and interval '1 hour', 'up to an hour');
select ok(pg_temp.delay('a_3') between interval '0.5 seconds' and interval '5 seconds', 'a shorter one does not shorten the wait');
select ok(pg_temp.delay('a_4') between interval '0.5 seconds' and interval '5 seconds', 'nor does one in the past');
select ok(pg_temp.delay('a_5') between interval '59 minutes 59 seconds' and interval '1 hour', 'for ever is an hour');
select ok(pg_temp.delay('a_6') between interval '0.5 seconds' and interval '5 seconds', 'and what is no time is none');

-- After the last attempt.
delete from alerting.notification;
update alerting.channel set failure_streak = 0, paused_until = null;
select pg_temp.notify('a', 4) \gset
update alerting.notification set max_attempts = 2;
select pg_temp.claim() \gset
select pg_temp.settle('a_' || i, 1, 'retry') from generate_series(1, 4) i \g /dev/null
update alerting.notification set next_attempt_at = now() + notification_id * interval '1 microsecond';
select is(pg_temp.claim('w', 3), '{"a_1 2","a_2 2","a_3 2"}', 'on the last attempt');
select is(pg_temp.settle('a_1', 2, 'retry', 500, 'broken'), true, 'a failure');
select results_eq($$select * from pg_temp.now_at('a_1')$$, $$values ('dead', 2, null::text, false, 500, 'broken')$$, 'is final');
select pg_temp.settle('a_2', 2, 'delivered', 200) \gset
select results_eq($$select * from pg_temp.now_at('a_2')$$, $$values ('delivered', 2, null::text, false, 200, null::text)$$, 'a delivery counts');
select pg_temp.expire('a_3') \gset
select is(pg_temp.claim('w'), '{"a_4 2"}', 'a worker that vanished is not replaced');
select results_eq($$select * from pg_temp.now_at('a_3')$$, $$values ('dead', 2, null::text, false, null::int, 'the worker vanished during the last attempt')$$, 'and what it had is dead');
select is(pg_temp.settle('a_3', 2, 'delivered', 200), false, 'even if it comes back');
select is(pg_temp.claim('w'), '{}', 'the dead are not claimed');

-- By hand.
select is(alerting.replay_notification(pg_temp.tenant('acme'), pg_temp.id('a_3')), true, 'the dead can be tried again');
select is(pg_temp.claim('w'), '{"a_3 3"}', 'as the next attempt');
select is(pg_temp.settle('a_3', 2, 'delivered', 200), false, 'which the vanished worker still cannot settle');
select pg_temp.settle('a_3', 3, 'retry') \gset
select ok(pg_temp.delay('a_3') <= interval '5 seconds', 'it waits as if it were new');
select is(array[alerting.replay_notification(pg_temp.tenant('acme'), pg_temp.id('a_2')), alerting.replay_notification(pg_temp.tenant('globex'), pg_temp.id('a_1'))],
  '{f,f}', 'what was delivered is not tried again, nor what belongs to another tenant');

-- Giving back.
delete from alerting.notification;
update alerting.channel set failure_streak = 0, paused_until = null;
select pg_temp.notify('a', 4), pg_temp.claim('w1', 3), pg_temp.claim('w2', 1) \gset
select pg_temp.settle('a_1', 1, 'delivered', 200) \gset
select is(alerting.release_notifications('w1'), 2, 'a worker that stops gives back what it has not sent');
select results_eq($$select * from pg_temp.now_at('a_2')$$, $$values ('pending', 0, null::text, false, null::int, null::text)$$, 'without counting the attempt');
select results_eq($$select * from pg_temp.now_at('a_1') union all select * from pg_temp.now_at('a_4')$$,
  $$values ('delivered', 1, null::text, false, 200, null::text), ('claimed', 1, 'w2', true, null, null)$$, 'and nothing else');
select is(pg_temp.settle('a_2', 1, 'delivered', 200), false, 'it cannot settle them afterwards');
select is(pg_temp.claim('w2'), '{"a_2 1","a_3 1"}', 'another worker gets them at once');
select is(alerting.release_notifications('nobody'), 0, 'a worker that has none gives none back');

-- The worker's role does all of this and cannot do more.
delete from alerting.notification;
select pg_temp.notify('a', 1) \gset
grant usage on schema tap to vigil_worker;
set local session authorization vigil_worker;
select is((select array_agg(message_id) from alerting.claim_notifications('w', 10, '30 seconds')), '{msg_a_1}', 'the worker''s role can claim');
select is((select alerting.release_notifications('w')), 1, 'and release');
select throws_ok('select * from alerting.notification', '42501', 'permission denied for table notification', 'but not read the outbox');
select throws_ok('select * from alerting.channel', '42501', 'permission denied for table channel', 'or the channels');
select throws_ok('select alerting.replay_notification(1, 1)', '42501', 'permission denied for function replay_notification', 'or bring back the dead');
reset session authorization;

-- What the table itself refuses.
select matches(pg_temp.refusal($$insert into alerting.notification (tenant_id, channel_id, message_id, payload, purpose) select tenant_id, channel_id, 'msg_a_1', '{}', 'page' from alerting.channel$$), '^23505: .*message_id_unique', 'a message id is used once');
select matches(pg_temp.refusal(format($$insert into alerting.notification (tenant_id, channel_id, message_id, payload, purpose) select tenant_id, channel_id, 'msg_x', %L, 'page' from alerting.channel where name = 'g'$$, repeat('ä', 10241))),
  '^23514: .*payload_is_small', 'a payload has at most 20 kB');

select * from finish();
rollback;
