-- The outbox over the API: who sees what, and who may try the dead again.
begin;
set local client_min_messages = warning;
select plan(12);
\ir ../support/refusal.psql
\ir ../support/names.psql
\ir ../support/outbox.psql
select ops.create_tenant('acme', 'Acme'), ops.create_tenant('globex', 'Globex') \gset
delete from alerting.notification;
select pg_temp.channel('acme', 'a'), pg_temp.channel('acme', 'b'), pg_temp.channel('globex', 'g') \gset
select pg_temp.notify('a', 3), pg_temp.notify('b', 1), pg_temp.notify('g', 1), pg_temp.claim() \gset
select pg_temp.settle('a_1', 1, 'permanent', 404, 'answered 404 Not Found'), pg_temp.settle('a_2', 1, 'retry', 503, 'busy'), pg_temp.settle('a_3', 1, 'delivered', 200),
  pg_temp.settle('b_1', 1, 'permanent', 404), pg_temp.settle('g_1', 1, 'permanent', 404) \gset
select pg_temp.id('a_1') as a_1, pg_temp.id('a_3') as a_3, pg_temp.id('b_1') as b_1, pg_temp.id('g_1') as g_1, pg_temp.tenant('acme') as tenant \gset
select set_config('request.jwt.claims', format('{"tenant_id": %s, "sub": "anna"}', :tenant), true) \gset

set local session authorization authenticator;
set local role viewer;
select results_eq($$select channel, kind, purpose, state, attempt, next_attempt_at > now(), last_status, last_detail from api.notifications order by notification_id$$,
  $$values ('a', 'webhook', 'page', 'dead', 1, null, 404, 'answered 404 Not Found'), ('a', 'webhook', 'page', 'pending', 1, true, 503, 'busy'),
    ('a', 'webhook', 'page', 'delivered', 1, null, 200, null), ('b', 'webhook', 'page', 'dead', 1, null, 404, null)$$, 'a viewer sees the tenant''s messages and how they stand');
select results_eq($$select outcome, status, detail, worker from api.delivery_attempts order by notification_id, attempt$$,
  $$values ('permanent', 404, 'answered 404 Not Found', 'w'), ('retry', 503, 'busy', 'w'), ('delivered', 200, null, 'w'), ('permanent', 404, null, 'w')$$, 'and each attempt');
select throws_ok('select payload from alerting.notification', '42501', null, 'not what they say, nor to which address');
select throws_ok(format('select api.replay_notification(%s)', :a_1), '42501', 'permission denied for function replay_notification', 'a viewer tries nothing again');
set local role operator;
select is(api.replay_notification(:a_1), jsonb_build_object('notification_id', :a_1, 'state', 'pending'), 'an operator does');
select is(pg_temp.refusal(format('select api.replay_notification(%s)', :a_1)), format('PT409: notification %s is not dead (GET /notifications?state=eq.dead lists those that can be tried again.)', :a_1), 'once');
select is(pg_temp.refusal(format('select api.replay_notification(%s)', :a_3)), format('PT409: notification %s is not dead (GET /notifications?state=eq.dead lists those that can be tried again.)', :a_3), 'what was delivered is not sent again');
select is(pg_temp.refusal(format('select api.replay_notification(%s)', :g_1)), format('PT404: notification %s does not exist (GET /notifications?state=eq.dead lists those that can be tried again.)', :g_1), 'another tenant''s is not there');
reset session authorization;
update alerting.channel set enabled = false where name = 'b';
set local session authorization authenticator;
set local role operator;
select is(pg_temp.refusal(format('select api.replay_notification(%s)', :b_1)), 'PT409: channel "b" is turned off (Turn the channel on first.)', 'nothing is sent over a channel that is off');
reset session authorization;
update alerting.channel set enabled = true where name = 'b';
select set_config('request.headers', '{"idempotency-key": "one"}', true) \gset
set local session authorization authenticator;
set local role operator;
select is(api.replay_notification(:b_1), api.replay_notification(:b_1), 'the same request has the same answer');
reset session authorization;
select is((select count(*) from audit.entry where tenant_id = :tenant and action = 'replay_notification' and actor = 'anna'), 2::bigint, 'what was done is in the audit trail');
select is(pg_temp.claim(), '{"a_1 2","b_1 2"}', 'and the worker has them again');

select * from finish();
rollback;
