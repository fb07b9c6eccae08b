create or replace view api.on_call_now with (security_invoker = true) as
select s.name as schedule, f.people, f.source, nullif(f.to_ts, now() + interval '31 days') as until_ts
from alerting.schedule s
cross join lateral (
  select r.people, r.source, r.to_ts
  from alerting.final_schedule(s.tenant_id, s.schedule_id, now(), now() + interval '31 days') r
  order by r.from_ts
  limit 1
) f;
comment on view api.on_call_now is
$$Who is on call now
Of each schedule; people is empty and source gap when it is nobody. source says why: override, layer:NAME, several of these, or fallback. until_ts is when that changes, null when not within 31 days.$$;
