-- The dead-man check: a worker that is late is told of on a second path, now and then while it lasts, and when it is back.
begin;
set local client_min_messages = error;
\ir ../support/names.psql
\ir ../support/requests.psql
select plan(45);
select ops.create_tenant('acme', 'Acme') \gset
select ops.add_webhook('acme', 'hook', 'https://hooks.example.com/a', 'hook') as hook \gset

-- From here on nothing has been told and no worker was ever seen.
delete from ops.heartbeat;
update alerting.notification set next_attempt_at = 'infinity' where state = 'pending';
update ops.dead_man set late_since = null, reason = null, told_at = null, told_status = null, next_at = null, late_after = default, repeat_every = default;
update ops.job set last_succeeded_at = now();
create function pg_temp.file() returns text language sql as $$ select '/tmp/vigil-dead-man-' || pg_backend_pid() $$;
select set_config('vigil_platform.dead_man_command', 'cat >> ' || pg_temp.file(), true) \gset
-- What was told so far: the first lines of the messages.
create function pg_temp.told() returns text[]
language sql as $$ select coalesce(array_agg(l order by n) filter (where l like 'vigil%'), '{}') from regexp_split_to_table(pg_read_file(pg_temp.file(), true), E'\n') with ordinality x (l, n) $$;
create function pg_temp.beat(age interval) returns void
language sql as $$
  insert into ops.heartbeat as h (component, instance, version, last_seen_at) values ('worker', 'w', '1', now() - age)
  on conflict (component, instance) do update set last_seen_at = excluded.last_seen_at
$$;
create function pg_temp.late() returns boolean language sql as $$ select d.late_since is not null from ops.dead_man d $$;
create function pg_temp.problem() returns text language sql as $$ select h.problem from ops.worker_health() h $$;
create function pg_temp.wait(message_id text, age interval) returns bigint
language sql as $$
  insert into alerting.notification (tenant_id, channel_id, message_id, purpose, target, payload, next_attempt_at)
  select c.tenant_id, c.channel_id, message_id, 'page', message_id, '{}', now() - age from alerting.channel c where c.tenant_id = pg_temp.tenant('acme')
  returning notification_id
$$;

-- A worker that was never there is missed by nobody.
select is(ops.check_worker(), 0::bigint, 'no worker and nothing to send: nothing is told');
select is(pg_temp.late(), false, 'it is not late');
select pg_temp.beat('60 seconds') \gset
select is(ops.check_worker(), 0::bigint, 'a worker that reported a minute ago is alive');

-- Dead.
select pg_temp.beat('2 minutes') \gset
select is(ops.check_worker(), 1::bigint, 'one that did not for two is late');
select is(pg_temp.told(), array['vigil dead man: the worker is late: no worker has reported since ' || to_char(now() at time zone 'UTC' - interval '2 minutes', 'YYYY-MM-DD HH24:MI:SS') || ' UTC'],
  'which the command says');
select matches(pg_read_file(pg_temp.file()), E'\nDatabase: ' || current_database() || E'\n$', 'and of which database');
select is((select row(d.late_since, d.told_at, d.told_status, d.next_at) from ops.dead_man d), row(now(), now(), 0, now() + interval '10 minutes'), 'how it was told is known');
select is(ops.check_worker(), 0::bigint, 'it is not told again');
update ops.dead_man set next_at = now() + interval '1 second', late_since = now() - interval '9 minutes 59 seconds';
select is(ops.check_worker(), 0::bigint, 'within ten minutes');
select is(cardinality(pg_temp.told()), 1, 'the command has run once');
update ops.dead_man set next_at = now();
select is(ops.check_worker(), 1::bigint, 'then it is');
select is(cardinality(pg_temp.told()), 2, 'twice by then');
select is((select d.late_since from ops.dead_man d), now() - interval '9 minutes 59 seconds', 'since when it is late is kept');
delete from ops.heartbeat;
update ops.dead_man set next_at = now();
select is(ops.check_worker(), 1::bigint, 'a heartbeat that was pruned is no sign of life');
select is(pg_temp.late(), true, 'it is still late');

-- Back.
select pg_temp.beat('0') \gset
select is(ops.check_worker(), 1::bigint, 'when it reports again that is told');
select matches((pg_temp.told())[4], '^vigil dead man: the worker is back; it was late since \d{4}-', 'as such');
select is((select row(d.late_since, d.reason, d.next_at) from ops.dead_man d), row(null::timestamptz, null::text, null::timestamptz), 'and it is over');
select is(ops.check_worker(), 0::bigint, 'which is told once');
select is(cardinality(pg_temp.told()), 4, 'four in all');

-- A worker that reports and takes nothing.
select pg_temp.wait('m-1', '2 minutes') as message \gset
select is(pg_temp.problem(), 'a message waits since ' || to_char(now() at time zone 'UTC' - interval '2 minutes', 'YYYY-MM-DD HH24:MI:SS') || ' UTC, and the worker takes none', 'a message that waits is a sign of a worker that sends none');
select is(ops.check_worker(), 1::bigint, 'which is told');
update alerting.notification set next_attempt_at = now() + interval '1 minute' where notification_id = :message;
select is(pg_temp.problem(), null, 'one that is not due is none');
update alerting.notification set next_attempt_at = now() - interval '80 seconds' where notification_id = :message;
select is(pg_temp.problem(), null, 'nor one that has not waited long');
select is((select h.waiting from ops.worker_health() h), interval '80 seconds', 'how long it has is known');
update alerting.notification set next_attempt_at = now() - interval '2 minutes' where notification_id = :message;
update alerting.channel set paused_until = now() + interval '1 minute' where channel_id = :hook;
select is(pg_temp.problem(), null, 'nor one to a channel that rests');
update alerting.channel set paused_until = null, failure_streak = 5 where channel_id = :hook;
select is(pg_temp.problem(), null, 'or fails');
update alerting.channel set failure_streak = 0, disabled_at = now() where channel_id = :hook;
select is(pg_temp.problem(), null, 'or is off');
update alerting.channel set disabled_at = null where channel_id = :hook;
select pg_temp.wait('m-2', '3 minutes') as sent \gset
update alerting.notification set state = 'claimed', claimed_by = 'w', lease_until = now() + interval '1 second' where notification_id = :sent;
select is(pg_temp.problem(), null, 'nor while the worker is sending others');
update alerting.notification set lease_until = now() - interval '1 second' where notification_id = :sent;
select isnt(pg_temp.problem(), null, 'a lease that ran out is not sending');
delete from ops.heartbeat;
select matches(pg_temp.problem(), 'no worker has ever reported$', 'a worker that never was is missed when there is something to send');
update alerting.notification set state = 'delivered', delivered_at = now(), claimed_by = null, lease_until = null where notification_id in (:message, :sent);
select pg_temp.beat('0') \gset
select is(ops.check_worker(), 1::bigint, 'sent, and over');

-- What a DBA sets.
select pg_temp.beat('2 minutes') \gset
update ops.dead_man set late_after = '5 minutes';
select is(ops.check_worker(), 0::bigint, 'a DBA may give it more time');
update ops.dead_man set late_after = default;

-- Commands that fail, or are not there.
select set_config('vigil_platform.dead_man_command', 'exit 3', true) \gset
select is(ops.check_worker(), 1::bigint, 'a command that fails');
select is((select row(d.told_status, d.next_at) from ops.dead_man d), row(3, now() + interval '1 minute'), 'is tried again after a minute');
update ops.dead_man set next_at = null;
select set_config('vigil_platform.dead_man_command', '', true) \gset
select is(ops.check_worker(), 1::bigint, 'without a command it is in the log');
select is((select row(d.told_status, d.next_at) from ops.dead_man d), row(null::int, now() + interval '10 minutes'), 'every ten minutes');

-- For monitors. Without a token there is no tenant.
create function pg_temp.health(role text default 'anon') returns jsonb
language sql as $$
  select set_config('response.status', '', true);
  select pg_temp.asked('acme', role, 'select api.health() as h, current_setting(''response.status'', true) as status') -> 0
$$;
select is(pg_temp.health(), '{"h": {"status": "late", "worker": "late", "jobs": "ok", "waiting_seconds": 0}, "status": "503"}', 'a late worker is 503');
select pg_temp.beat('0') \gset
select is(pg_temp.health(), '{"h": {"status": "ok", "worker": "ok", "jobs": "ok", "waiting_seconds": 0}, "status": ""}', 'all is well');
update ops.job set last_succeeded_at = now() - 3 * expected_every - interval '1 second' where job_name = 'alerts';
select is(pg_temp.health(), '{"h": {"status": "late", "worker": "ok", "jobs": "late", "waiting_seconds": 0}, "status": "503"}', 'a late job is, too');
select is((select s.status from ops.job_status s where s.job_name = 'alerts'), 'late', 'the same that ops.job_status says');
update ops.job set enabled = false where job_name = 'alerts';
select is(pg_temp.health('viewer') #>> '{h,status}', 'ok', 'one that is disabled is not missed');
select pg_temp.wait('m-3', '10 seconds') \gset
select is(pg_temp.health() #> '{h,waiting_seconds}', '10', 'for how long a message waits');
select matches(pg_temp.asked('acme', 'tenant_admin', 'select ops.health()') #>> '{}', '^42501: permission denied for function health', 'only through the API');
select set_config('vigil_platform.dead_man_command', 'rm -f ' || pg_temp.file(), true) \gset
select is(vigil_platform.run_dead_man_command(''), 0, 'what was written is removed');
select * from finish();
rollback;
