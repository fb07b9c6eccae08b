create or replace function alerting.tell_handoffs(tenant int) returns bigint
language plpgsql
as $$
declare
  -- What another transaction has just changed about a schedule may not be seen yet.
  v_to timestamptz := pg_catalog.clock_timestamp() - interval '5 seconds';
  v_from timestamptz;
  v_told bigint;
begin
  if not exists (select from alerting.schedule s where s.tenant_id = tenant) then
    return 0;
  end if;
  insert into alerting.handoff_watermark as w (tenant_id, told_to)
  values (tenant, v_to)
  on conflict (tenant_id) do nothing;
  select w.told_to into v_from
  from alerting.handoff_watermark w
  where w.tenant_id = tenant and w.told_to < v_to - interval '10 seconds'
  for update skip locked;
  if not found then
    return 0;
  end if;
  update alerting.handoff_watermark w set told_to = v_to where w.tenant_id = tenant;
  if not (alerting.setting_of(tenant)).handoff_notices then
    return 0;
  end if;

  with handoff as (
    select h.*, s.name as schedule
    -- After an outage only the last day's: the news of it is old.
    from alerting.due_handoffs(tenant, greatest(v_from, v_to - interval '1 day'), v_to) h
    join alerting.schedule s on s.tenant_id = tenant and s.schedule_id = h.schedule_id
  ),
  recipient as (
    select h.schedule_id, h.schedule, h.at, h.on_person_ids, h.off_person_ids, h.person_ids, p.person_id, p.display_name, p.language,
      p.time_zone, m.channel_id, m.address, c.kind
    from handoff h
    join alerting.person p on p.tenant_id = tenant and p.person_id = any (h.on_person_ids || h.off_person_ids) and p.active
    join alerting.contact_method m on m.tenant_id = p.tenant_id and m.person_id = p.person_id and m.enabled
    join alerting.channel c on c.tenant_id = m.tenant_id and c.channel_id = m.channel_id and c.enabled and c.disabled_at is null
    -- What is not urgent goes where such things go; without a choice, by email.
    where case when exists (
          select from alerting.contact_rule r
          where r.tenant_id = p.tenant_id and r.person_id = p.person_id and r.urgency = 'normal')
        then exists (
          select from alerting.contact_rule r
          where r.tenant_id = p.tenant_id and r.person_id = p.person_id and r.urgency = 'normal' and r.delay = interval '0'
            and r.contact_method_id = m.contact_method_id)
        else c.kind = 'email' end
  )
  insert into alerting.notification (tenant_id, channel_id, message_id, payload, state, purpose, target, address, person_id, language, severity,
    priority, sequence, max_attempts)
  select tenant, r.channel_id, 'msg_' || pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''),
    pg_catalog.jsonb_build_object(
      'type', 'on_call.handoff',
      'timestamp', pg_catalog.to_char(pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'data', pg_catalog.jsonb_build_object(
        'tenant', (select t.name from fleet.tenant t where t.tenant_id = tell_handoffs.tenant),
        'schedule', r.schedule, 'at', r.at,
        'recipient', pg_catalog.jsonb_build_object('name', r.display_name, 'language', r.language, 'time_zone', r.time_zone),
        'goes', case when r.person_id = any (r.on_person_ids) then 'on' else 'off' end,
        'on_call', (
          select coalesce(pg_catalog.jsonb_agg(p.display_name order by p.display_name), '[]')
          from alerting.person p
          where p.tenant_id = tell_handoffs.tenant and p.person_id = any (r.person_ids))))::text,
    'pending', 'handoff', 'schedule:' || r.schedule_id, r.address, r.person_id, r.language, 'low', 1,
    extract(epoch from r.at)::bigint, alerting.max_attempts(r.kind, 'handoff')
  from recipient r
  on conflict on constraint notification_once do nothing;
  get diagnostics v_told = row_count;
  if v_told > 0 then
    perform pg_catalog.pg_notify('vigil_notification', '');
  end if;
  return v_told;
end
$$;
comment on function alerting.tell_handoffs(int) is
'Tells people that they have gone on call or off, where things that are not urgent reach them (contact rules for normal at once, else email), every ten seconds at most. After an outage handoffs of the last day are made up. Returns how many messages.';
