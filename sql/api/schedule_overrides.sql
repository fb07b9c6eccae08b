create or replace view api.schedule_overrides with (security_invoker = true) as
select o.override_id, s.name as schedule, o.kind, coalesce(i.name, r.name) as person, case when o.kind = 'replace' then r.name end as replaces,
  o.from_ts, o.to_ts, o.reason, o.created_by, o.created_at
from alerting.schedule_override o
join alerting.schedule s on s.tenant_id = o.tenant_id and s.schedule_id = o.schedule_id
left join alerting.person i on i.tenant_id = o.tenant_id and i.person_id = o.person_in
left join alerting.person r on r.tenant_id = o.tenant_id and r.person_id = o.person_out;
comment on view api.schedule_overrides is
$$Exceptions from schedules
For a while person is on call besides the others (add), is not (remove), or stands in for the one in replaces (replace; null: for everybody).$$;
