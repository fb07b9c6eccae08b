create or replace function alerting.throttled_until(tenant int, channel int, address text, ts timestamptz) returns timestamptz
language sql stable
as $$
  select max(x.free_at)
  from alerting.channel c
  cross join lateral pg_catalog.jsonb_to_recordset(coalesce(c.throttle, alerting.throttles(c.kind))) t (count int, seconds float8)
  cross join lateral (
    -- The window has room again when the count-th newest message has left it.
    select n.created_at + pg_catalog.make_interval(secs => t.seconds) as free_at
    from alerting.notification n
    where n.tenant_id = c.tenant_id and n.channel_id = c.channel_id and n.address is not distinct from throttled_until.address
      and n.created_at > ts - pg_catalog.make_interval(secs => t.seconds)
      and n.state in ('pending', 'claimed', 'delivered')
    order by n.created_at desc
    offset t.count - 1
    limit 1
  ) x
  where c.tenant_id = tenant and c.channel_id = channel
$$;
comment on function alerting.throttled_until(int, int, text, timestamptz) is
'When a recipient of a channel may be sent the next message; null: now. Notes about suppressed messages count as well. address null: the channel''s own recipients.';
