create or replace function alerting.hasten(timer alerting.timer) returns void
language plpgsql
as $$
declare
  v_notification record;
begin
  select n.cycle, n.step, n.target, n.state, n.last_detail, c.name as channel into v_notification
  from alerting.notification n
  join alerting.channel c on c.tenant_id = n.tenant_id and c.channel_id = n.channel_id
  where n.tenant_id = timer.tenant_id and n.notification_id = timer.key::bigint;
  if not found then
    return;
  end if;
  perform alerting.add_event(timer.tenant_id, timer.incident_id, null, 'undelivered',
    pg_catalog.jsonb_build_object('channel', v_notification.channel, 'target', v_notification.target, 'state', v_notification.state,
      'detail', v_notification.last_detail));
  -- When the step has reached nobody and nothing of it is under way, the next one does not wait.
  update alerting.timer t
  set due_at = pg_catalog.clock_timestamp()
  from alerting.incident i
  where i.tenant_id = timer.tenant_id and i.incident_id = timer.incident_id and i.state = 'open'
    and i.cycle = v_notification.cycle and i.step = v_notification.step
    and t.tenant_id = i.tenant_id and t.incident_id = i.incident_id and t.kind = 'escalate'
    and not exists (
      select from alerting.notification n
      where n.tenant_id = i.tenant_id and n.incident_id = i.incident_id and n.purpose = 'page' and n.cycle = i.cycle and n.step = i.step
        and (n.state = 'delivered' or n.state in ('held', 'pending', 'claimed') and n.attempt < 2));
end
$$;
comment on function alerting.hasten(alerting.timer) is
'A page could not be delivered: that goes to the timeline, and if no other page of the incident''s current step has arrived or may still do so at its first attempts, the next step is due now.';
