create or replace function ops.worker_health(out last_seen_at timestamptz, out waiting interval, out problem text)
language plpgsql stable
as $$
declare
  v_late_after interval := (select d.late_after from ops.dead_man d);
  v_since timestamptz;
begin
  select pg_catalog.max(h.last_seen_at) into last_seen_at from ops.heartbeat h where h.component = 'worker';
  -- Messages that a worker would take: a channel that is off, rests or fails is no sign of a dead worker.
  select n.next_attempt_at into v_since
  from alerting.notification n
  join alerting.channel c on c.tenant_id = n.tenant_id and c.channel_id = n.channel_id
  where n.state = 'pending' and n.next_attempt_at <= pg_catalog.now()
    and c.enabled and c.disabled_at is null and c.failure_streak < 5 and coalesce(c.paused_until <= pg_catalog.now(), true)
  order by n.next_attempt_at
  limit 1;
  waiting := coalesce(pg_catalog.now() - v_since, interval '0');
  problem := case
    when last_seen_at < pg_catalog.now() - v_late_after then
      pg_catalog.format('no worker has reported since %s UTC', pg_catalog.to_char(last_seen_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'))
    -- A worker that sends is late only with much to do.
    when waiting > v_late_after and not exists (
      select from alerting.notification n where n.state = 'claimed' and n.lease_until > pg_catalog.now()) then
      pg_catalog.format('a message waits since %s UTC, and %s', pg_catalog.to_char(v_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
        case when last_seen_at is null then 'no worker has ever reported' else 'the worker takes none' end)
  end;
end
$$;
comment on function ops.worker_health() is
'When a worker last reported (null: never), for how long a message has been due that a worker could send, and what is wrong: that no worker has reported, or a message has waited, for longer than ops.dead_man allows; null when nothing is. Where no worker has ever reported that is wrong only once a message waits.';
