create or replace function alerting.claim_notifications(worker text, batch int, lease interval)
returns table (
  notification_id bigint, attempt int, message_id text, kind text, url text, secret_ref text, payload text, created_at timestamptz
)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  if not coalesce(
    worker <> '' and batch between 1 and 1000 and lease between interval '5 seconds' and interval '10 minutes', false) then
    raise exception using
      errcode = '22023',
      message = 'a claim takes a worker name, a batch of 1 to 1000 and a lease of 5 seconds to 10 minutes',
      hint = 'Check the worker''s settings.';
  end if;

  -- A claim that ran out on the last attempt was lost with its worker; it counts as failed.
  update alerting.notification n
  set state = 'dead', claimed_by = null, lease_until = null,
    last_detail = 'the worker vanished during the last attempt'
  where n.state = 'claimed' and n.lease_until < clock_timestamp() and n.attempt >= n.max_attempts;

  return query
  with due as (
    select n.notification_id
    from alerting.notification n
    where n.state = 'pending' and n.next_attempt_at <= clock_timestamp()
      or n.state = 'claimed' and n.lease_until < clock_timestamp()
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
  select c.notification_id, c.attempt, c.message_id, ch.kind, ch.url, ch.secret_ref, c.payload, c.created_at
  from claimed c
  join alerting.channel ch on ch.tenant_id = c.tenant_id and ch.channel_id = c.channel_id
  order by c.notification_id;
end
$$;
comment on function alerting.claim_notifications(text, int, interval) is
'Claims due notifications for a worker under a lease taken from the database clock, oldest first, and counts the attempt. Rows that another worker is claiming are passed over; a lease that ran out is claimed again.';
