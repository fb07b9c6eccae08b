create or replace function alerting.tell(
  tenant int, incident bigint, purpose text, cycle int, step int, target text, channel int, address text, person int, sequence bigint
) returns boolean
language plpgsql
as $$
declare
  v_channel alerting.channel;
  v_incident alerting.incident;
  v_language text;
  v_reason text;
  v_state text;
begin
  select c.* into v_channel from alerting.channel c where c.tenant_id = tenant and c.channel_id = channel;
  if not found then
    return false;
  end if;
  select i.* into v_incident from alerting.incident i where i.tenant_id = tenant and i.incident_id = incident;
  select p.language into v_language from alerting.person p where p.tenant_id = tenant and p.person_id = person;
  v_reason := case
    when not v_channel.enabled or v_channel.disabled_at is not null then 'channel_off'
    when detect.severity_rank(v_incident.severity) < detect.severity_rank(v_channel.min_severity) and purpose in ('page', 'update', 'remind')
      then 'below_severity'
  end;
  insert into alerting.notification (tenant_id, channel_id, incident_id, message_id, payload, state, reason, purpose, cycle, step, target,
    address, person_id, language, severity, priority, thread_id, sequence, max_attempts)
  values (tenant, channel, incident, 'msg_' || pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''), '{}',
    case when v_reason is null then 'held' else 'suppressed' end, v_reason, tell.purpose, tell.cycle, tell.step, tell.target,
    tell.address, person, coalesce(v_language, v_channel.language), v_incident.severity,
    case when tell.purpose = 'page' then 10 * detect.severity_rank(v_incident.severity) else 5 end,
    pg_catalog.format('vigil/%s/incident/%s', tenant, incident), tell.sequence,
    alerting.max_attempts(v_channel.kind, tell.purpose))
  on conflict on constraint notification_once do nothing
  returning state into v_state;
  if v_state is null then
    -- Another target led to the same person.
    select n.state into v_state
    from alerting.notification n
    where n.tenant_id = tenant and n.incident_id = incident and n.purpose = tell.purpose and n.cycle = tell.cycle and n.step = tell.step
      and n.target = tell.target and n.channel_id = channel and n.address is not distinct from tell.address
      and n.sequence = tell.sequence;
  end if;
  return v_state <> 'suppressed';
end
$$;
comment on function alerting.tell(int, bigint, text, int, int, text, int, text, int, bigint) is
'Raises one notification about an incident, once for the same incident, purpose, cycle, step, target, channel, address and sequence. It is held until alerting.release_held in the same transaction. Suppressed at once when the channel is off, or when a page, update or reminder is below the channel''s severity. address null: the channel''s own recipients; person null: nobody in particular. Returns whether somebody will be told.';
