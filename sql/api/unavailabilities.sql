create or replace view api.unavailabilities with (security_invoker = true) as
select u.unavailability_id, p.name as person, u.from_ts, u.to_ts, case when (select auth.sees_personal_data()) then u.reason end as reason, u.created_by, u.created_at
from alerting.unavailability u
join alerting.person p on p.tenant_id = u.tenant_id and p.person_id = u.person_id;
comment on view api.unavailabilities is
$$When people are away
Schedules go on as if they were not in their slots. Everybody finds their own at POST /rpc/my_contacts.$$;
