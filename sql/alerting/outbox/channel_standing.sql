create or replace function alerting.channel_standing(tenant int, channel int, now timestamptz)
returns table (is_off boolean, is_failing boolean, room int)
language sql stable rows 1
as $$
  select not ch.enabled or ch.disabled_at is not null,
    ch.failure_streak >= 5,
    case
      when ch.paused_until > channel_standing.now or ch.failure_streak >= 5 and ch.probe_until > channel_standing.now then 0
      when ch.failure_streak >= 5 then 1 - b.in_flight
      -- Somebody who takes long holds up a few of the worker's hands, not all.
      when b.oldest < channel_standing.now - interval '3 seconds' then least(ch.max_in_flight, greatest(4, ch.max_in_flight / 4)) - b.in_flight
      else ch.max_in_flight - b.in_flight
    end
  from alerting.channel ch
  cross join lateral (
    select pg_catalog.count(*)::int as in_flight, pg_catalog.min(n.claimed_at) as oldest
    from alerting.notification n
    where n.state = 'claimed' and n.channel_id = ch.channel_id and n.tenant_id = ch.tenant_id) b
  where ch.tenant_id = channel_standing.tenant and ch.channel_id = channel_standing.channel
$$;
comment on function alerting.channel_standing(int, int, timestamptz) is
'Whether a channel is off, whether it has failed 5 times in a row, and how many messages it can be sent now: none while it rests, one at a time until it works again, else max_in_flight, of which a quarter (at least 4) while one is under way for more than 3 seconds. Less than 0 when there are too many already.';
