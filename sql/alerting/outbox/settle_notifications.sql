create or replace function alerting.settle_notifications(
  notification_ids bigint[], attempts int[], outcomes text[], statuses int[], details text[], retry_after float8[]
) returns table (notification_id bigint, settled boolean)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_now timestamptz := clock_timestamp();
  v_unknown text;
  v_settled bigint[];
  v_tenants int[];
  v_channels int[];
  v_outcomes text[];
  v_gone record;
begin
  if not coalesce(cardinality(notification_ids) between 1 and 1000 and cardinality(attempts) = cardinality(notification_ids)
    and cardinality(outcomes) = cardinality(notification_ids) and cardinality(statuses) = cardinality(notification_ids)
    and cardinality(details) = cardinality(notification_ids) and cardinality(retry_after) = cardinality(notification_ids), false) then
    raise exception using
      errcode = '22023',
      message = 'a settlement takes six lists of the same length, from 1 to 1000',
      hint = 'Give each answer a place in every list, null where it has no value.';
  end if;
  select coalesce(o.outcome, '') into v_unknown
  from unnest(outcomes) as o (outcome)
  where coalesce(o.outcome not in ('delivered', 'retry', 'permanent', 'gone'), true)
  limit 1;
  if found then
    raise exception using
      errcode = '22023',
      message = format('unknown outcome "%s"', v_unknown),
      hint = 'Use delivered, retry, permanent or gone.';
  end if;

  with answer as (
    select distinct on (a.notification_id, a.attempt) a.notification_id, a.attempt, a.position, a.outcome, a.status, left(a.detail, 500) as detail,
      -- Up to an hour. Whoever asks for less than nothing, or for what is no time, asks for nothing.
      case when a.wait > 0 and a.wait < 'NaN' then least(a.wait, 3600) end as wait
    from unnest(notification_ids, attempts, outcomes, statuses, details, retry_after)
      with ordinality as a (notification_id, attempt, outcome, status, detail, wait, position)
    order by a.notification_id, a.attempt, a.position
  ),
  -- In one order, so that two workers do not wait for each other.
  held as materialized (
    select n.notification_id, n.claimed_by, a.position, a.outcome, a.status, a.detail,
      case
        when a.outcome = 'delivered' then 'delivered'
        -- It failed, and by now nobody needs to hear it.
        when a.outcome = 'retry' and n.purpose in ('page', 'update', 'remind') and exists (
          select from alerting.incident i
          where i.tenant_id = n.tenant_id and i.incident_id = n.incident_id and i.state in ('acknowledged', 'resolved')) then 'suppressed'
        when a.outcome = 'retry' and n.attempt - n.base_attempt < coalesce(n.max_attempts, alerting.max_attempts(ch.kind, n.purpose)) then 'pending'
        else 'dead'
      end as state,
      -- Anywhere between a second and the bound: a recovering receiver is not hit by everything at once.
      v_now + greatest(interval '1 second', random() * alerting.retry_delay(ch.kind, n.purpose, n.attempt - n.base_attempt),
        make_interval(secs => a.wait)) as retry_at
    from answer a
    join alerting.notification n on n.notification_id = a.notification_id and n.attempt = a.attempt
    join alerting.channel ch on ch.tenant_id = n.tenant_id and ch.channel_id = n.channel_id
    where n.state = 'claimed'
    order by n.notification_id
    for update of n
  ),
  settled as (
    update alerting.notification n
    set state = h.state,
      reason = case when h.state = 'suppressed' then 'overtaken' end,
      delivered_at = case when h.state = 'delivered' then v_now end,
      next_attempt_at = case when h.state = 'pending' then h.retry_at else n.next_attempt_at end,
      undelivered_at = coalesce(n.undelivered_at, case when h.state = 'dead' and n.purpose = 'page' then v_now end),
      claimed_by = null, lease_until = null, last_status = h.status, last_detail = h.detail
    from held h
    where n.notification_id = h.notification_id
    returning n.tenant_id, n.channel_id, n.notification_id, n.attempt, h.claimed_by, h.position, h.outcome, h.status, h.detail
  ),
  kept as (
    insert into alerting.delivery_attempt (tenant_id, notification_id, attempt, ended_at, worker, outcome, status, detail)
    select s.tenant_id, s.notification_id, s.attempt, v_now, s.claimed_by, s.outcome, s.status, s.detail
    from settled s
  )
  select array_agg(s.position), array_agg(s.tenant_id), array_agg(s.channel_id), array_agg(s.outcome)
  into v_settled, v_tenants, v_channels, v_outcomes
  from settled s;

  for v_gone in
    with answer as (
      select a.tenant_id, a.channel_id, bool_or(a.outcome = 'delivered') as works, count(*) filter (where a.outcome <> 'delivered') as failures,
        bool_or(a.outcome = 'gone') as gone
      from unnest(v_tenants, v_channels, v_outcomes) as a (tenant_id, channel_id, outcome)
      group by a.tenant_id, a.channel_id
    ),
    held as materialized (
      select ch.tenant_id, ch.channel_id, a.works, a.failures, a.gone, ch.disabled_at is null as was_on,
        case when a.works then 0 else ch.failure_streak + a.failures end as streak
      from answer a
      join alerting.channel ch on ch.tenant_id = a.tenant_id and ch.channel_id = a.channel_id
      -- A channel that goes on working is not written to for every message.
      where a.failures > 0 or ch.failure_streak > 0 or coalesce(ch.last_success_at < v_now - interval '5 seconds', true)
      order by ch.tenant_id, ch.channel_id
      for no key update of ch
    )
    update alerting.channel ch
    set last_success_at = case when h.works then v_now else ch.last_success_at end,
      last_failure_at = case when h.failures > 0 then v_now else ch.last_failure_at end,
      failure_streak = h.streak,
      -- What was under way when the rest began does not lengthen it.
      pauses = case when h.works then 0 when h.streak >= 5 and coalesce(ch.paused_until <= v_now, true) then ch.pauses + 1 else ch.pauses end,
      paused_until = case when h.works then null
        when h.streak >= 5 and coalesce(ch.paused_until <= v_now, true)
          then v_now + least(interval '15 minutes', interval '30 seconds' * 2 ^ least(ch.pauses, 5)) * (0.8 + 0.2 * random())
        else ch.paused_until end,
      probe_until = null,
      disabled_at = case when h.gone then coalesce(ch.disabled_at, v_now) else ch.disabled_at end,
      disabled_reason = case when h.gone and h.was_on then 'the receiver says that it is gone' else ch.disabled_reason end
    from held h
    where ch.tenant_id = h.tenant_id and ch.channel_id = h.channel_id
    returning ch.tenant_id, ch.channel_id, ch.name, h.gone and h.was_on as is_news
  loop
    if v_gone.is_news then
      perform alerting.raise_condition(v_gone.tenant_id, format('channel:%s:gone', v_gone.channel_id), 'high',
        format('Channel "%s" is turned off: its receiver says that it is gone', v_gone.name));
    end if;
  end loop;

  return query
  select i.id, coalesce(i.position = any (v_settled), false)
  from unnest(notification_ids) with ordinality as i (id, position)
  order by i.position;
end
$$;
comment on function alerting.settle_notifications(bigint[], int[], text[], int[], text[], float8[]) is
'Records how attempts ended: delivered, retry (again later, dead after the last attempt; suppressed as overtaken when its incident has been acknowledged or resolved since), permanent (dead) or gone (dead, and the channel is turned off; an alert says so). One place in each list for each answer: status and detail may be null, retry_after is in seconds and is kept up to an hour. A row for each, in their order: settled is false when the claim is no longer the caller''s, because its lease ran out and another attempt began. Keeps the channel''s health: 5 failures in a row make it rest for 30 seconds, then twice as long each time up to 15 minutes, until something is delivered.';
