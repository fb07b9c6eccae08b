create or replace function alerting.release_held(tenant int) returns bigint
language plpgsql
as $$
declare
  v_now timestamptz := pg_catalog.clock_timestamp();
  v_left bigint;
  v_held record;
  v_free_at timestamptz;
  v_reason text;
  v_released bigint := 0;
begin
  if not exists (select from alerting.notification n where n.tenant_id = tenant and n.state = 'held') then
    return 0;
  end if;
  v_left := (alerting.setting_of(tenant)).notifications_per_day;
  v_left := v_left - (
    select pg_catalog.count(*)
    from (
      select
      from alerting.notification n
      where n.tenant_id = tenant and n.created_at >= pg_catalog.date_trunc('day', v_now, 'UTC')
        and n.state in ('pending', 'claimed', 'delivered', 'dead') and n.purpose <> 'note'
      limit v_left
    ) today);

  -- What a person would get at once about several incidents is one message, and the most severe carries it. Machines
  -- keep one for each: they tell them apart by their keys.
  with bundle as (
    select n.notification_id, pg_catalog.first_value(n.notification_id) over (
        partition by n.channel_id, n.address, n.purpose order by detect.severity_rank(n.severity) desc, n.notification_id) as carrier
    from alerting.notification n
    join alerting.channel c on c.tenant_id = n.tenant_id and c.channel_id = n.channel_id and c.kind in ('email', 'sms', 'slack', 'teams')
    where n.tenant_id = tenant and n.state = 'held'
  )
  update alerting.notification n
  set state = 'suppressed', reason = 'bundled', bundled_into = b.carrier
  from bundle b
  where n.tenant_id = tenant and n.notification_id = b.notification_id and b.notification_id <> b.carrier;

  for v_held in
    select n.notification_id, n.channel_id, n.address, n.incident_id, n.purpose
    from alerting.notification n
    where n.tenant_id = tenant and n.state = 'held'
    order by n.priority desc, n.notification_id
  loop
    v_free_at := alerting.throttled_until(tenant, v_held.channel_id, v_held.address, v_now);
    v_reason := case when v_free_at is not null then 'throttled' when v_left <= 0 then 'quota' end;
    if v_reason is null then
      update alerting.notification n
      set state = 'pending', next_attempt_at = v_now, created_at = v_now, payload = alerting.notification_payload(tenant, n.notification_id)
      where n.tenant_id = tenant and n.notification_id = v_held.notification_id;
      update alerting.incident i
      set told_count = greatest(i.told_count, i.alert_count), told_severity = i.severity, last_told_at = v_now
      where i.tenant_id = tenant and v_held.purpose in ('page', 'update')
        and i.incident_id in (
          select n.incident_id from alerting.notification n
          where n.tenant_id = tenant and v_held.notification_id in (n.notification_id, n.bundled_into));
      v_left := v_left - 1;
      v_released := v_released + 1;
    else
      -- What was to travel with it is suppressed for the same reason.
      with suppressed as (
        update alerting.notification n
        set state = 'suppressed', reason = v_reason, bundled_into = null
        where n.tenant_id = tenant and v_held.notification_id in (n.notification_id, n.bundled_into)
        returning n.notification_id
      )
      insert into alerting.recipient as r (tenant_id, channel_id, address, suppressed_count, suppressed_since, note_due_at)
      select tenant, v_held.channel_id, coalesce(v_held.address, ''), pg_catalog.count(*), v_now,
        coalesce(v_free_at, v_now + interval '1 hour')
      from suppressed
      on conflict (tenant_id, channel_id, address) do update
      set suppressed_count = r.suppressed_count + excluded.suppressed_count,
        suppressed_since = coalesce(r.suppressed_since, excluded.suppressed_since),
        note_due_at = coalesce(r.note_due_at, excluded.note_due_at);
    end if;
  end loop;
  if v_released > 0 then
    -- A hint only: the worker polls as well. One notify, since each takes a cluster-wide lock at commit.
    perform pg_catalog.pg_notify('vigil_notification', '');
  end if;
  return v_released;
end
$$;
comment on function alerting.release_held(int) is
'Storm control over what the transaction has raised: several messages to one person become one (bundled), a recipient''s throttle and the tenant''s notifications_per_day suppress what is beyond, and the rest becomes due for the worker. Recipients of what was throttled or over the quota get one note of how much that was. Returns how many are due.';
