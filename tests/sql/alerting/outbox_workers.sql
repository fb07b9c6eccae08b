-- Several workers at one outbox. Not in one transaction: other sessions see only what is committed.
select plan(15);
\ir ../support/sessions.psql
\ir ../support/names.psql
call pg_temp.pause_jobs();
select ops.create_tenant('outbox-a', 'A') \gset
insert into alerting.channel (tenant_id, name, kind, config, secret_ref)
values (pg_temp.tenant('outbox-a'), 'hook', 'webhook', '{"url": "https://hooks.example.com/a"}', 'file:hook');
insert into alerting.notification (tenant_id, channel_id, message_id, payload, purpose, sequence, next_attempt_at)
select c.tenant_id, c.channel_id, 'msg_outbox_' || i, '{}', 'update', i, '2000-01-01'::timestamptz + i * interval '1 second'
from alerting.channel c, generate_series(1, 10) i where c.tenant_id = pg_temp.tenant('outbox-a');
select pg_temp.session('one', 'vigil_worker'), pg_temp.session('two', 'vigil_worker') \gset
create function pg_temp.claim(session text, batch int) returns text[]
language sql as $$
  select coalesce(array_agg(c.message_id order by c.id), '{}')
  from dblink(session, format('select notification_id, message_id from alerting.claim_notifications(%L, %s, ''30 seconds'')', session, batch)) as c (id bigint, message_id text)
$$;

-- Two claims at the same time, neither committed.
select dblink_exec('one', 'begin'), dblink_exec('two', 'begin') \gset
select is(pg_temp.claim('one', 4), '{msg_outbox_1,msg_outbox_2,msg_outbox_3,msg_outbox_4}', 'one worker claims the first');
select is(pg_temp.claim('two', 4), '{msg_outbox_5,msg_outbox_6,msg_outbox_7,msg_outbox_8}', 'another that asks meanwhile does not wait, and gets the next');
select dblink_exec('one', 'rollback'), dblink_exec('two', 'commit') \gset
select is(pg_temp.claim('two', 4), '{msg_outbox_1,msg_outbox_2,msg_outbox_3,msg_outbox_4}', 'what a worker took and did not commit is free again');
select is((select array_agg(attempt order by notification_id) from alerting.notification where tenant_id = pg_temp.tenant('outbox-a')), '{1,1,1,1,1,1,1,1,0,0}', 'without a lost attempt');

-- A channel has only so many in flight, whoever claims them.
select is(pg_temp.claim('one', 100), '{}', 'a channel that has eight in flight gets no more');
select s.settled from alerting.notification n, alerting.settle_notifications(array[n.notification_id], array[n.attempt], '{delivered}', '{200}', '{null}', '{null}') s where n.message_id = 'msg_outbox_3' \g /dev/null
select is(pg_temp.claim('one', 100), '{msg_outbox_9}', 'until one of them has ended');

-- Many claims by both at once: every notification goes to one of them.
update alerting.channel set max_in_flight = 1000 where tenant_id = pg_temp.tenant('outbox-a');
update alerting.notification set state = 'pending', claimed_by = null, lease_until = null, delivered_at = null, attempt = 0 where tenant_id = pg_temp.tenant('outbox-a');
insert into alerting.notification (tenant_id, channel_id, message_id, payload, purpose, sequence, next_attempt_at)
select c.tenant_id, c.channel_id, 'msg_outbox_' || i, '{}', 'update', i, '2000-01-01'::timestamptz + i * interval '1 second'
from alerting.channel c, generate_series(11, 400) i where c.tenant_id = pg_temp.tenant('outbox-a');
create temp table taken (worker text, id bigint);
create procedure pg_temp.race()
language plpgsql as $$
declare
  v_session text;
begin
  for v_round in 1 .. 20 loop
    foreach v_session in array '{one,two}'::text[] loop
      perform dblink_send_query(v_session, format('select notification_id from alerting.claim_notifications(%L, 10, ''30 seconds'')', v_session));
    end loop;
    foreach v_session in array '{one,two}'::text[] loop
      insert into taken select v_session, r.id from dblink_get_result(v_session) as r (id bigint);
      perform from dblink_get_result(v_session) as r (id bigint);
    end loop;
  end loop;
end $$;
call pg_temp.race();
select is((select count(*) from taken), 400::bigint, 'twenty rounds of two workers take 400 notifications');
select is((select count(distinct id) from taken), 400::bigint, 'each once');
select is((select count(*) from alerting.notification n join taken t on t.id = n.notification_id where n.tenant_id = pg_temp.tenant('outbox-a') and n.claimed_by = t.worker and n.attempt = 1), 400::bigint, 'by the worker that has it');

-- A settlement and a new claim of an expired lease at the same time: one of them wins.
update alerting.notification set lease_until = clock_timestamp() - interval '1 second' where message_id = 'msg_outbox_1';
select notification_id as id from alerting.notification where message_id = 'msg_outbox_1' \gset
select dblink_exec('one', 'begin') \gset
select is(pg_temp.claim('one', 1), '{msg_outbox_1}', 'a worker claims an expired lease');
select dblink_send_query('two', format('select settled from alerting.settle_notifications(''{%s}'', ''{1}'', ''{delivered}'', ''{200}'', ''{null}'', ''{null}'')', :id)) \gset
call pg_temp.await_blocked('two');
select dblink_exec('one', 'commit') \gset
select is(r.settled, false, 'the late settlement of the one before is refused') from dblink_get_result('two') as r (settled boolean);
select from dblink_get_result('two') as r (settled boolean) \g /dev/null
select is((select row(state, attempt, claimed_by)::text from alerting.notification where message_id = 'msg_outbox_1'), '(claimed,2,one)', 'and changes nothing');

-- A channel that rested is tried by one worker, also when two ask at the same time.
delete from alerting.notification where tenant_id = pg_temp.tenant('outbox-a') and message_id not in ('msg_outbox_1', 'msg_outbox_2', 'msg_outbox_3');
update alerting.notification set state = 'pending', claimed_by = null, lease_until = null, delivered_at = null where tenant_id = pg_temp.tenant('outbox-a');
update alerting.channel set failure_streak = 5, pauses = 1, paused_until = now() where tenant_id = pg_temp.tenant('outbox-a');
select dblink_exec('one', 'begin'), dblink_exec('two', 'begin') \gset
select is(pg_temp.claim('one', 4), '{msg_outbox_1}', 'one message tries whether a channel works again');
select is(pg_temp.claim('two', 4), '{}', 'a worker that asks meanwhile does not wait, and gets nothing');
select dblink_exec('one', 'commit'), dblink_exec('two', 'commit') \gset
select is(pg_temp.claim('two', 4), '{}', 'nor afterwards, before the answer is there');

select dblink_disconnect('one'), dblink_disconnect('two') \gset
call pg_temp.remove('outbox-a');
drop extension dblink;
select * from finish();
