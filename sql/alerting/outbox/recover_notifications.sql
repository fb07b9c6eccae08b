create or replace function alerting.recover_notifications(now timestamptz) returns void
language plpgsql
as $$
begin
  -- A claim that ran out was lost with its worker. It is due again, unless that was the last attempt.
  with lost as materialized (
    select n.notification_id, n.claimed_by,
      n.attempt - n.base_attempt >= coalesce(n.max_attempts, alerting.max_attempts(ch.kind, n.purpose)) as is_last
    from alerting.notification n
    join alerting.channel ch on ch.tenant_id = n.tenant_id and ch.channel_id = n.channel_id
    where n.state = 'claimed' and n.lease_until < now
    order by n.lease_until
    limit 1000
    for update of n skip locked
  ),
  ended as (
    update alerting.notification n
    set state = case when l.is_last then 'dead' else 'pending' end,
      last_detail = case when l.is_last then 'the worker vanished during the last attempt' else n.last_detail end,
      undelivered_at = coalesce(n.undelivered_at, case when l.is_last and n.purpose = 'page' then now end),
      claimed_by = null, lease_until = null
    from lost l
    where n.notification_id = l.notification_id
    returning n.tenant_id, n.notification_id, n.attempt
  )
  insert into alerting.delivery_attempt (tenant_id, notification_id, attempt, worker, outcome, detail)
  select e.tenant_id, e.notification_id, e.attempt, l.claimed_by, 'lost', 'the worker vanished'
  from ended e
  join lost l on l.notification_id = e.notification_id;

  -- Somebody else is told while this one is still being tried.
  update alerting.notification n
  set undelivered_at = now
  where n.notification_id in (
    select o.notification_id
    from alerting.notification o
    where o.purpose = 'page' and o.undelivered_at is null and o.state in ('pending', 'claimed')
      and o.waiting_since < now - interval '5 minutes'
    order by o.waiting_since
    limit 1000
    for update skip locked);
end
$$;
comment on function alerting.recover_notifications(timestamptz) is
'What each claim begins with: makes claims whose lease ran out due again (dead after the last attempt), and lets escalation go on for pages that have reached nobody for five minutes. Called by alerting.claim_notifications.';
