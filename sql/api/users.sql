create or replace view api.users with (security_invoker = true) as
select u.email, u.display_name, u.role, u.state, u.second_factor, p.name as person, u.last_used_at, u.invited_by, u.created_at
from auth.tenant_users() u
left join alerting.person p on p.tenant_id = (select auth.tenant_id()) and p.subject = u.account_id::text;
comment on view api.users is
$$Who works for the tenant
Users by email: active, invited or inactive, with their role. person is who they are on call (POST /rpc/invite_user, /rpc/save_person); last_used_at their last login or refresh here that is still known.$$;
