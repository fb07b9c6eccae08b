create or replace function alerting.due_lanes(now timestamptz, most int)
returns table (priority int, tenant_id int, channel_id int, is_off boolean, is_failing boolean, room int)
language plpgsql stable rows 100
as $$
#variable_conflict use_column
declare
  v_few constant int := 500;
  v_last_channel constant int := 2147483647;
  v_priorities int[];
  v_tenants int[];
  v_channels int[];
  v_priority int;
  v_pivot int;
  v_found int := 0;
  v_rows int;
begin
  select pg_catalog.array_agg(w.priority), pg_catalog.array_agg(w.tenant_id), pg_catalog.array_agg(w.channel_id)
  into v_priorities, v_tenants, v_channels
  from (
    select n.priority, n.tenant_id, n.channel_id
    from alerting.notification n
    where n.state = 'pending' and n.next_attempt_at <= due_lanes.now
    order by n.next_attempt_at
    limit v_few) w;
  if v_priorities is null then
    return;
  end if;
  if pg_catalog.cardinality(v_priorities) < v_few then
    return query
    select l.priority, l.tenant_id, l.channel_id, s.is_off, s.is_failing, s.room
    from (
      select distinct w.priority, w.tenant_id, w.channel_id
      from rows from (pg_catalog.unnest(v_priorities), pg_catalog.unnest(v_tenants), pg_catalog.unnest(v_channels)) as w (priority, tenant_id, channel_id)) l
    cross join lateral alerting.channel_standing(l.tenant_id, l.channel_id, due_lanes.now) s
    where s.is_off or s.room > 0;
    return;
  end if;

  -- A backlog: from lane to lane, of each only its first, so that the one of one channel hides no other. From anywhere
  -- round to there again, since there may be more lanes than a claim has room for.
  v_pivot := (select pg_catalog.max(ch.channel_id) * pg_catalog.random() from alerting.channel ch);
  loop
    select pg_catalog.max(n.priority) into v_priority
    from alerting.notification n
    where n.state = 'pending' and (n.priority < v_priority or v_priority is null);
    exit when v_priority is null;
    return query
    with recursive walk as (
      (select n.channel_id, n.tenant_id, n.next_attempt_at, v_last_channel as upto
        from alerting.notification n
        where n.state = 'pending' and n.priority = v_priority and n.channel_id >= v_pivot
        order by n.channel_id, n.tenant_id, n.next_attempt_at
        limit 1)
      union all
      -- Also when nothing lies beyond the pivot.
      (select v_pivot - 1, null::int, null::timestamptz, v_last_channel
        where not exists (
          select from alerting.notification n
          where n.state = 'pending' and n.priority = v_priority and n.channel_id >= v_pivot))
      union all
      select f.channel_id, f.tenant_id, f.next_attempt_at, f.upto
      from walk w
      cross join lateral (
        (select n.channel_id, n.tenant_id, n.next_attempt_at, w.upto
          from alerting.notification n
          where n.state = 'pending' and n.priority = v_priority and (n.channel_id, n.tenant_id) > (w.channel_id, w.tenant_id)
            and n.channel_id <= w.upto
          order by n.channel_id, n.tenant_id, n.next_attempt_at
          limit 1)
        union all
        (select n.channel_id, n.tenant_id, n.next_attempt_at, v_pivot - 1
          from alerting.notification n
          where w.upto = v_last_channel and n.state = 'pending' and n.priority = v_priority and n.channel_id < v_pivot
          order by n.channel_id, n.tenant_id, n.next_attempt_at
          limit 1)
        limit 1) f
    )
    select v_priority, w.tenant_id, w.channel_id, s.is_off, s.is_failing, s.room
    from walk w
    cross join lateral (
      select t.is_off, t.is_failing, t.room
      from alerting.channel_standing(w.tenant_id, w.channel_id, due_lanes.now) t
      -- Keeps the walk from being done to its end before the limit is seen.
      offset 0) s
    where w.next_attempt_at <= due_lanes.now and (s.is_off or s.room > 0)
    limit most - v_found;
    get diagnostics v_rows = row_count;
    v_found := v_found + v_rows;
    exit when v_found >= most;
  end loop;
end
$$;
comment on function alerting.due_lanes(timestamptz, int) is
'The channels, by priority, that have something due and room for it, or are off. All of them while less than 500 notifications are due; beyond that at most so many, higher priorities first. Called by alerting.claim_notifications.';
