create or replace view api.contacts with (security_invoker = true) as
select p.name as person, case when (select auth.sees_personal_data()) then p.subject end as subject,
  case when (select auth.sees_personal_data()) then c.contacts -> 'methods' end as methods, c.contacts -> 'rules' as rules
from alerting.person p
cross join lateral (select alerting.contacts_of(p.tenant_id, p.person_id)) c (contacts);
comment on view api.contacts is
$$How people are reached
Their methods (channel, kind, address) and their rules: which method so many minutes after they are told of something urgent (incidents of severity high and critical) or normal. Without a rule for it every enabled method is used at once. subject is the sub claim of the person's tokens. Everybody finds their own at POST /rpc/my_contacts.$$;
