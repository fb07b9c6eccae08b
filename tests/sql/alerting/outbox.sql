-- The outbox: claims under a lease, settlement, retries, and what is given up. Times are moved instead of waited for.
begin;
set local client_min_messages = warning;
select plan(53);
\ir ../support/refusal.psql
\ir ../support/names.psql

select ops.create_tenant('acme', 'Acme'), ops.create_tenant('globex', 'Globex') \gset
-- What another tenant or test left in the outbox is not part of this.
delete from alerting.notification;
select ops.add_webhook('acme', 'hook', 'https://hooks.example.com/a', 'acme-hook') as acme_hook, ops.add_webhook('globex', 'hook', 'http://127.0.0.1:9/g', 'globex-hook', true) as globex_hook \gset
-- notify(n): n notifications, the first due longest ago.
create function pg_temp.notify(tenant text, n int, max_attempts int default 10) returns void
language sql as $$
  insert into alerting.notification (tenant_id, channel_id, message_id, payload, max_attempts, next_attempt_at)
  select c.tenant_id, c.channel_id, format('msg_%s_%s', tenant, i), format('{"n": %s}', i), max_attempts, now() - interval '1 hour' + i * interval '1 second'
  from alerting.channel c, generate_series(1, n) i where c.tenant_id = pg_temp.tenant(tenant)
$$;
create function pg_temp.claim(worker text default 'w', batch int default 10, lease interval default '30 seconds') returns text[]
language sql as $$ select coalesce(array_agg(c.message_id || ' ' || c.attempt order by c.notification_id), '{}') from alerting.claim_notifications(worker, batch, lease) c $$;
create function pg_temp.id(message text) returns bigint
language sql stable as $$ select notification_id from alerting.notification where message_id = message $$;
create function pg_temp.now_at(message text) returns table (state text, attempt int, claimed_by text, leased boolean, last_status int, last_detail text)
language sql as $$ select n.state, n.attempt, n.claimed_by, n.lease_until is not null, n.last_status, n.last_detail from alerting.notification n where n.message_id = message $$;
create function pg_temp.settle(message text, attempt int, outcome text, status int default null, detail text default null, retry_after interval default null) returns boolean
language sql as $$ select alerting.settle_notification(pg_temp.id(message), attempt, outcome, status, detail, retry_after) $$;
-- delay(message): how long from now until it is due again.
create function pg_temp.delay(message text) returns interval
language sql as $$ select next_attempt_at - clock_timestamp() from alerting.notification where message_id = message $$;
-- Lets a lease run out, or a waiting time pass.
create function pg_temp.expire(message text) returns void
language sql as $$ update alerting.notification set lease_until = clock_timestamp() - interval '1 millisecond' where message_id = message and state = 'claimed';
  update alerting.notification set next_attempt_at = clock_timestamp() where message_id = message and state = 'pending' $$;

-- Claiming.
select pg_temp.notify('acme', 3), pg_temp.notify('globex', 2) \gset
select results_eq($$select notification_id = pg_temp.id('msg_acme_1'), attempt, message_id, kind, url, secret_ref, payload, created_at from alerting.claim_notifications('w1', 1, '30 seconds')$$,
  $$values (true, 1, 'msg_acme_1', 'webhook', 'https://hooks.example.com/a', 'acme-hook', '{"n": 1}', now())$$, 'a claim brings what is needed to send');
select results_eq($$select * from pg_temp.now_at('msg_acme_1')$$, $$values ('claimed', 1, 'w1', true, null::int, null::text)$$, 'counts the attempt and names the worker');
select ok((select lease_until - clock_timestamp() between interval '29 seconds' and interval '30 seconds' from alerting.notification where message_id = 'msg_acme_1'), 'for as long as it asked');
select is(pg_temp.claim('w2', 2), '{msg_acme_2 1,msg_globex_1 1}', 'another worker gets the next, those due longest first, of all tenants');
select is(pg_temp.claim('w2'), '{msg_acme_3 1,msg_globex_2 1}', 'then the rest');
select is(pg_temp.claim('w2'), '{}', 'then nothing');
select pg_temp.expire('msg_acme_1') \gset
select is(pg_temp.claim('w2'), '{msg_acme_1 2}', 'a lease that ran out is claimed again, as the next attempt');
update alerting.notification set state = 'pending', claimed_by = null, lease_until = null, next_attempt_at = clock_timestamp() + interval '1 minute' where message_id = 'msg_globex_2';
select is(pg_temp.claim('w2'), '{}', 'what is not due yet is not claimed');
select is(
  (select array_agg(distinct pg_temp.refusal(format('select pg_temp.claim(%L, %L, %L)', w, b, l)))
    from (values ('', 1, '30 seconds'), (null, 1, '30 seconds'), ('w', 0, '30 seconds'), ('w', 1001, '30 seconds'), ('w', 1, '4 seconds'), ('w', 1, '11 minutes')) as x (w, b, l)),
  '{"22023: a claim takes a worker name, a batch of 1 to 1000 and a lease of 5 seconds to 10 minutes (Check the worker''s settings.)"}', 'a claim has limits');
select is(pg_temp.refusal($$select pg_temp.claim('w', null, '30 seconds')$$),
  '22023: a claim takes a worker name, a batch of 1 to 1000 and a lease of 5 seconds to 10 minutes (Check the worker''s settings.)', 'all of which must be given');

-- Settling.
select is(pg_temp.settle('msg_acme_2', 1, 'delivered', 204), true, 'a delivery is settled');
select results_eq($$select * from pg_temp.now_at('msg_acme_2')$$, $$values ('delivered', 1, null::text, false, 204, null::text)$$, 'as delivered');
select ok((select delivered_at between now() and clock_timestamp() from alerting.notification where message_id = 'msg_acme_2'), 'with its time');
select is(pg_temp.settle('msg_acme_2', 1, 'delivered', 204), false, 'once');
select is(pg_temp.settle('msg_acme_1', 1, 'delivered', 200), false, 'the worker whose lease ran out cannot settle the attempt of another');
select results_eq($$select * from pg_temp.now_at('msg_acme_1')$$, $$values ('claimed', 2, 'w2', true, null::int, null::text)$$, 'which goes on');
select is(pg_temp.settle('msg_acme_1', 2, 'permanent', 410, 'gone'), true, 'a receiver that will never take it');
select results_eq($$select * from pg_temp.now_at('msg_acme_1')$$, $$values ('dead', 2, null::text, false, 410, 'gone')$$, 'makes it dead');
select is(pg_temp.settle('msg_globex_1', 1, 'retry', 503, repeat('x', 600)), true, 'a failure that may pass');
select results_eq($$select * from pg_temp.now_at('msg_globex_1')$$, $$values ('pending', 1, null::text, false, 503, repeat('x', 500))$$, 'leaves it pending, with a short reason');
select is(pg_temp.settle('msg_globex_1', 1, 'retry'), false, 'what is not claimed cannot be settled');
select is(alerting.settle_notification(-1, 1, 'retry', null, null, null), false, 'nor what is not there');
select is(
  (select array_agg(distinct pg_temp.refusal(format($$select pg_temp.settle('msg_acme_3', 1, %L)$$, o))) from unnest(array['lost', '']) o),
  '{"22023: unknown outcome \"\" (Use delivered, retry or permanent.)","22023: unknown outcome \"lost\" (Use delivered, retry or permanent.)"}', 'an outcome is one of three');
select matches(pg_temp.refusal($$select pg_temp.settle('msg_acme_3', 1, null)$$), '^22023: unknown outcome', 'and not none');

-- Waiting between attempts, by the table of the specification, with a fifth of jitter either way.
delete from alerting.notification;
update alerting.channel set max_in_flight = 40;
select pg_temp.notify('acme', 40, 50) \gset
create temp table waited (attempt int, delay interval);
do $$
begin
  for v_attempt in 1 .. 12 loop
    update alerting.notification set next_attempt_at = clock_timestamp() - interval '1 second';
    perform pg_temp.claim('w', 1000);
    perform pg_temp.settle('msg_acme_' || i, v_attempt, 'retry') from generate_series(1, 40) i;
    insert into waited select v_attempt, pg_temp.delay('msg_acme_' || i) from generate_series(1, 40) i;
  end loop;
end $$;
create temp table table_of_delays (attempt int, delay interval);
insert into table_of_delays
select row_number() over (), d from unnest('{5 seconds,5 minutes,30 minutes,2 hours,5 hours,10 hours,14 hours,20 hours,24 hours,24 hours,24 hours,24 hours}'::interval[]) d;
select is((select count(*) from waited w join table_of_delays t using (attempt) where w.delay between t.delay * 0.79 and t.delay * 1.2), 480::bigint, 'the waiting time grows from seconds to a day');
select is((select count(distinct attempt) from (select attempt, min(w.delay) as a, max(w.delay) as b from waited w group by attempt) x where b > a * 1.15), 12::bigint, 'and differs between notifications');
select ok((select bool_and(alerting.retry_delay(attempt) = delay) from table_of_delays), 'attempts before jitter');
select is(alerting.retry_delay(0), interval '5 seconds', 'from the first');

-- A receiver may ask for more time, within reason.
delete from alerting.notification;
select pg_temp.notify('acme', 4), pg_temp.claim() \gset
select pg_temp.settle('msg_acme_1', 1, 'retry', 429, 'busy', '10 minutes'), pg_temp.settle('msg_acme_2', 1, 'retry', 429, 'busy', '3 days'),
  pg_temp.settle('msg_acme_3', 1, 'retry', 429, 'busy', '1 second'), pg_temp.settle('msg_acme_4', 1, 'retry', 429, 'busy', '-1 day') \gset
select ok(pg_temp.delay('msg_acme_1') between interval '9 minutes 59 seconds' and interval '10 minutes', 'retry-after is kept');
select ok(pg_temp.delay('msg_acme_2') between interval '59 minutes 59 seconds' and interval '1 hour', 'up to an hour');
select ok(pg_temp.delay('msg_acme_3') between interval '3.9 seconds' and interval '6 seconds', 'a shorter one does not shorten the wait');
select ok(pg_temp.delay('msg_acme_4') between interval '3.9 seconds' and interval '6 seconds', 'nor does one in the past');

-- After the last attempt.
delete from alerting.notification;
select pg_temp.notify('acme', 4, 2), pg_temp.claim() \gset
select pg_temp.settle('msg_acme_' || i, 1, 'retry') from generate_series(1, 4) i \g /dev/null
update alerting.notification set next_attempt_at = clock_timestamp();
select is(pg_temp.claim('w', 3), '{msg_acme_1 2,msg_acme_2 2,msg_acme_3 2}', 'on the last attempt');
select is(pg_temp.settle('msg_acme_1', 2, 'retry', 500, 'broken'), true, 'a failure');
select results_eq($$select * from pg_temp.now_at('msg_acme_1')$$, $$values ('dead', 2, null::text, false, 500, 'broken')$$, 'is final');
select pg_temp.settle('msg_acme_2', 2, 'delivered', 200) \gset
select results_eq($$select * from pg_temp.now_at('msg_acme_2')$$, $$values ('delivered', 2, null::text, false, 200, null::text)$$, 'a delivery counts');
select pg_temp.expire('msg_acme_3') \gset
select is(pg_temp.claim('w'), '{msg_acme_4 2}', 'a worker that vanished is not replaced');
select results_eq($$select * from pg_temp.now_at('msg_acme_3')$$, $$values ('dead', 2, null::text, false, null::int, 'the worker vanished during the last attempt')$$, 'and what it had is dead');
select is(pg_temp.settle('msg_acme_3', 2, 'delivered', 200), false, 'even if it comes back');
select is(pg_temp.claim('w'), '{}', 'the dead are not claimed');

-- Giving back.
delete from alerting.notification;
select pg_temp.notify('acme', 4), pg_temp.claim('w1', 3), pg_temp.claim('w2', 1) \gset
select pg_temp.settle('msg_acme_1', 1, 'delivered', 200) \gset
select is(alerting.release_notifications('w1'), 2, 'a worker that stops gives back what it has not sent');
select results_eq($$select * from pg_temp.now_at('msg_acme_2')$$, $$values ('pending', 0, null::text, false, null::int, null::text)$$, 'without counting the attempt');
select results_eq($$select * from pg_temp.now_at('msg_acme_1') union all select * from pg_temp.now_at('msg_acme_4')$$,
  $$values ('delivered', 1, null::text, false, 200, null::text), ('claimed', 1, 'w2', true, null, null)$$, 'and nothing else');
select is(pg_temp.settle('msg_acme_2', 1, 'delivered', 200), false, 'it cannot settle them afterwards');
select is(pg_temp.claim('w2'), '{msg_acme_2 1,msg_acme_3 1}', 'another worker gets them at once');
select is(alerting.release_notifications('nobody'), 0, 'a worker that has none gives none back');

-- The worker's role does all of this and cannot do more.
delete from alerting.notification;
select pg_temp.notify('acme', 1) \gset
grant usage on schema tap to vigil_worker;
set local session authorization vigil_worker;
select is((select array_agg(message_id) from alerting.claim_notifications('w', 10, '30 seconds')), '{msg_acme_1}', 'the worker''s role can claim');
select is((select alerting.release_notifications('w')), 1, 'and release');
select throws_ok('select * from alerting.notification', '42501', 'permission denied for table notification', 'but not read the outbox');
select throws_ok('select * from alerting.channel', '42501', 'permission denied for table channel', 'or the channels');
select throws_ok('select alerting.raise_alerts(1)', '42501', 'permission denied for function raise_alerts', 'or raise alerts');
reset session authorization;

-- What the table itself refuses.
select matches(pg_temp.refusal($$insert into alerting.notification (tenant_id, channel_id, message_id, payload) select tenant_id, channel_id, 'msg_acme_1', '{}' from alerting.channel$$), '^23505: .*message_id_unique', 'a message id is used once');
select matches(pg_temp.refusal(format($$insert into alerting.notification (tenant_id, channel_id, message_id, payload) select tenant_id, channel_id, 'msg_x', %L from alerting.channel where tenant_id = pg_temp.tenant('acme')$$, repeat('ä', 10241))),
  '^23514: .*payload_is_small', 'a payload has at most 20 kB');

select * from finish();
rollback;
