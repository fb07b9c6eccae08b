create or replace view api.schedule_layers with (security_invoker = true) as
select s.name as schedule, l.name as layer, l.priority, l.time_zone, l.unit, l.length, l.start_date, l.handoff_time,
  alerting.layer_slots(l.tenant_id, l.layer_id) as slots, alerting.layer_restrictions(l.tenant_id, l.layer_id) as restrictions,
  l.effective_from, l.effective_until
from alerting.schedule_layer l
join alerting.schedule s on s.tenant_id = l.tenant_id and s.schedule_id = l.schedule_id
where coalesce(l.effective_until > l.effective_from, true);
comment on view api.schedule_layers is
$$The layers of schedules over time
Each change of a schedule ends the layers there were and begins others, so this tells what held when: effective_from inclusive, effective_until exclusive, null until changed. start_date and handoff_time are on the clock of time_zone.$$;
