create or replace view api.people with (security_invoker = false) as
select p.name, case when (select auth.sees_personal_data()) then p.display_name else auth.masked(p.display_name) end as display_name, p.time_zone, p.language, p.active, p.created_at
from alerting.person p;
comment on view api.people is
$$Who can be on call
People by name. Somebody inactive is told nothing, and schedules pass them over. How they are reached is at GET /contacts.$$;
