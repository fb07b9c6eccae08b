create or replace function alerting.claim_notifications(worker text, batch int, lease interval)
returns table (
  notification_id bigint, attempt int, message_id text, kind text, purpose text, config text, address text, secret_ref text, payload text,
  template text, language text, allow_http boolean, thread_id text, link_token text, created_at timestamptz
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
  -- A claim that a crash of the server undoes is made again; nothing was sent that is not sent again anyway.
  perform set_config('synchronous_commit', 'off', true);
  perform alerting.recover_notifications(v_now);

  return query
  with lane as materialized (
    select l.priority, l.tenant_id, l.channel_id, l.is_off, l.is_failing, l.room
    from alerting.due_lanes(v_now, greatest(batch, 100)) l
  ),
  -- Nobody gets what is for a channel that is off, and nothing waits for ever.
  turned_off as (
    update alerting.notification n
    set state = 'suppressed', reason = 'channel_off',
      undelivered_at = coalesce(n.undelivered_at, case when n.purpose = 'page' then v_now end)
    where n.notification_id in (
      select d.notification_id
      from lane l
      cross join lateral (
        select p.notification_id
        from alerting.notification p
        where p.state = 'pending' and p.priority = l.priority and p.tenant_id = l.tenant_id and p.channel_id = l.channel_id
          and p.next_attempt_at <= v_now
        limit 1000
        for update skip locked) d
      where l.is_off)
  ),
  -- Whether a channel that rested works again is tried by one worker at a time: the others see the lock, or what it wrote.
  probe as materialized (
    select ch.tenant_id, ch.channel_id
    from alerting.channel ch
    where (ch.tenant_id, ch.channel_id) in (select l.tenant_id, l.channel_id from lane l where l.is_failing)
      and ch.enabled and ch.disabled_at is null and ch.failure_streak >= 5
      and coalesce(ch.paused_until <= v_now, true) and coalesce(ch.probe_until <= v_now, true)
    for no key update of ch skip locked
  ),
  open_lane as materialized (
    select l.priority, l.tenant_id, l.channel_id, l.room, count(*) over () as lanes
    from lane l
    where not l.is_off and (not l.is_failing or (l.tenant_id, l.channel_id) in (select p.tenant_id, p.channel_id from probe p))
  ),
  turn as (
    select d.notification_id, l.priority, d.next_attempt_at, l.room,
      row_number() over (partition by l.tenant_id, l.channel_id order by l.priority desc, d.next_attempt_at, d.notification_id) as turn
    from open_lane l
    cross join lateral (
      select n.notification_id, n.next_attempt_at
      from alerting.notification n
      where n.state = 'pending' and n.priority = l.priority and n.tenant_id = l.tenant_id and n.channel_id = l.channel_id
        and n.next_attempt_at <= v_now
      order by n.next_attempt_at, n.notification_id
      limit least(l.room, 1 + 2 * batch / l.lanes)) d
  ),
  -- The first of each channel, then the second of each. Some may be in the hands of another worker that is claiming just now.
  candidate as materialized (
    select t.notification_id, row_number() over (order by t.priority desc, t.turn, t.next_attempt_at, t.notification_id) as place
    from turn t
    where t.turn <= t.room
    order by place
    limit 2 * batch
  ),
  due as (
    select n.notification_id
    from candidate c
    join alerting.notification n on n.notification_id = c.notification_id
    where n.state = 'pending'
    order by c.place
    limit batch
    for update of n skip locked
  ),
  claimed as (
    update alerting.notification n
    set state = 'claimed', attempt = n.attempt + 1, claimed_by = worker, claimed_at = v_now, lease_until = clock_timestamp() + lease
    from due d
    where n.notification_id = d.notification_id
    returning n.notification_id, n.tenant_id, n.channel_id, n.incident_id, n.attempt, n.message_id, n.purpose, n.address, n.payload,
      n.language, n.thread_id, n.priority, n.created_at, n.target
  ),
  probing as (
    update alerting.channel ch
    set probe_until = v_now + lease
    from probe p
    where ch.tenant_id = p.tenant_id and ch.channel_id = p.channel_id
      and exists (select from claimed c where c.tenant_id = p.tenant_id and c.channel_id = p.channel_id)
  ),
  token as materialized (
    select c.tenant_id, c.notification_id,
      translate(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'),
        '+/=', '-_') as token
    from claimed c
    join alerting.channel ch on ch.tenant_id = c.tenant_id and ch.channel_id = c.channel_id
    where ch.kind in ('email', 'slack', 'teams', 'sms') and c.purpose in ('page', 'update', 'remind') and c.incident_id is not null
  ),
  link as (
    insert into alerting.acknowledge_link (tenant_id, token_sha256, notification_id, expires_at)
    select k.tenant_id, sha256(convert_to(k.token, 'UTF8')), k.notification_id, v_now + interval '24 hours'
    from token k
  ),
  account_token as materialized (
    select c.notification_id, auth.make_link_token(c.target, c.payload) as token
    from claimed c
    where c.purpose = 'account'
  )
  select c.notification_id, c.attempt, c.message_id, ch.kind, c.purpose, ch.config::text, c.address, ch.secret_ref, c.payload,
    case when t.template_id is not null and c.purpose <> 'account' then jsonb_build_object('subject', t.subject, 'body', t.body, 'html', t.html)::text end,
    c.language, ch.allow_http, c.thread_id, coalesce(k.token, a.token), c.created_at
  from claimed c
  join alerting.channel ch on ch.tenant_id = c.tenant_id and ch.channel_id = c.channel_id
  left join alerting.template t on t.tenant_id = ch.tenant_id and t.template_id = ch.template_id
  left join token k on k.notification_id = c.notification_id
  left join account_token a on a.notification_id = c.notification_id
  order by c.priority desc, c.notification_id;
end
$$;
comment on function alerting.claim_notifications(text, int, interval) is
'Claims due notifications for a worker under a lease taken from the database clock and counts the attempt: higher priority first, then older, the channels in turn. A channel has no more in flight than its max_in_flight (a quarter, at least 4, while one of them takes longer than 3 seconds; counted as committed, so workers that claim in the same instant may go beyond it); one that failed 5 times in a row rests and then gets one at a time. What is due for a channel that is off is suppressed. Rows that another worker is claiming are passed over; a lease that ran out is claimed again. config is json, template {subject, body, html} as json or null; link_token is new at each claim, of 43 characters: for messages about an incident that goes on it acknowledges it for 24 hours, alerting.acknowledge_link has the sha256 of its text; for purpose account it is auth.make_link_token''s. Null where there is no link.';
