create or replace view api.people with (security_invoker = true) as
select p.name, p.display_name, p.time_zone, p.language, p.active, p.created_at
from alerting.person p;
comment on view api.people is
$$Who can be on call
People by name. Somebody inactive is told nothing, and schedules pass them over. How they are reached is at GET /contacts.$$;
