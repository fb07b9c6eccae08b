create or replace view api.schedules with (security_invoker = true) as
select s.name, s.time_zone, p.name as fallback, alerting.schedule_layers(s.tenant_id, s.schedule_id, now()) as layers,
  (
    select min(l.effective_from)
    from alerting.schedule_layer l
    where l.tenant_id = s.tenant_id and l.schedule_id = s.schedule_id and l.effective_from > now()
      and coalesce(l.effective_until > l.effective_from, true)
  ) as changes_at,
  s.created_at
from alerting.schedule s
left join alerting.person p on p.tenant_id = s.tenant_id and p.person_id = s.fallback_person_id;
comment on view api.schedules is
$$On-call schedules
As POST /rpc/save_schedule takes them: layers are the ones that hold now, the highest first. changes_at is when saved layers that are to come take their place. All of them, past and to come, are at GET /schedule_layers, who is on call at GET /on_call_now.$$;
