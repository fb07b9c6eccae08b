create or replace view api.schedule_coverage with (security_invoker = true) as
select s.name as schedule, c.covered, c.by_fallback, c.gaps
from alerting.schedule s
cross join lateral alerting.coverage(s.tenant_id, s.schedule_id, now(), now() + interval '4 weeks') c;
comment on view api.schedule_coverage is
$$How much of the next four weeks is covered
Share of the time (0 to 1) in which somebody is on call, the share in which it is only the fallback, and in how many pieces nobody is. POST /rpc/coverage lists them.$$;
