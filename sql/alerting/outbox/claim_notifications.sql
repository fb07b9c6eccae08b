create or replace function alerting.claim_notifications(worker text, batch int, lease interval)
returns table (
  notification_id bigint, attempt int, message_id text, kind text, url text, secret_ref text, payload text, created_at timestamptz
)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  -- Once, as a constant that an index can be searched for.
  v_now timestamptz := clock_timestamp();
begin
  if not coalesce(
    worker <> '' and batch between 1 and 1000 and lease between interval '5 seconds' and interval '10 minutes', false) then
    raise exception using
      errcode = '22023',
      message = 'a claim takes a worker name, a batch of 1 to 1000 and a lease of 5 seconds to 10 minutes',
      hint = 'Check the worker''s settings.';
  end if;

  -- A claim that ran out was lost with its worker. It is due again, unless that was the last attempt.
  with lost as (
    select n.notification_id
    from alerting.notification n
    where n.state = 'claimed' and n.lease_until < v_now
    for update skip locked
  )
  update alerting.notification n
  set state = case when n.attempt >= n.max_attempts then 'dead' else 'pending' end,
    last_detail = case when n.attempt >= n.max_attempts then 'the worker vanished during the last attempt' else n.last_detail end,
    claimed_by = null, lease_until = null
  from lost l
  where n.notification_id = l.notification_id;

  return query
  with candidate as (
    select d.notification_id
    from alerting.channel ch
    cross join lateral (
      select n.notification_id, n.next_attempt_at
      from alerting.notification n
      where n.tenant_id = ch.tenant_id and n.channel_id = ch.channel_id and n.state = 'pending' and n.next_attempt_at <= v_now
      order by n.next_attempt_at, n.notification_id
      limit greatest(0, ch.max_in_flight - (
        select count(*)
        from alerting.notification h
        where h.tenant_id = ch.tenant_id and h.channel_id = ch.channel_id and h.state = 'claimed'))
    ) d
    order by d.next_attempt_at, d.notification_id
    -- Some of them may be in the hands of another worker that is claiming just now.
    limit 4 * batch
  ),
  due as (
    select n.notification_id
    from alerting.notification n
    where n.notification_id in (select c.notification_id from candidate c) and n.state = 'pending'
    order by n.next_attempt_at, n.notification_id
    limit batch
    for update skip locked
  ),
  claimed as (
    update alerting.notification n
    set state = 'claimed', attempt = n.attempt + 1, claimed_by = worker, lease_until = clock_timestamp() + lease
    from due d
    where n.notification_id = d.notification_id
    returning n.notification_id, n.tenant_id, n.channel_id, n.attempt, n.message_id, n.payload, n.created_at
  )
  select c.notification_id, c.attempt, c.message_id, ch.kind, ch.config ->> 'url', ch.secret_ref, c.payload, c.created_at
  from claimed c
  join alerting.channel ch on ch.tenant_id = c.tenant_id and ch.channel_id = c.channel_id
  order by c.notification_id;
end
$$;
comment on function alerting.claim_notifications(text, int, interval) is
'Claims due notifications for a worker under a lease taken from the database clock, oldest first, no more than a channel may have in flight, and counts the attempt. Rows that another worker is claiming are passed over; a lease that ran out is claimed again.';
