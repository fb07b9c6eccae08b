create or replace view api.routes with (security_invoker = true) as
select r.position, r.name, r.matchers, p.name as policy, r.group_by, r.group_wait, r.group_interval, r.repeat_interval, r.enabled, r.created_at
from alerting.route r
left join alerting.escalation_policy p on p.tenant_id = r.tenant_id and p.policy_id = r.policy_id;
comment on view api.routes is
$$Which policy takes an alert
The first enabled route by position whose matchers hold decides, and with which other alerts it becomes one incident. Set with POST /rpc/save_route.$$;
comment on column api.routes.matchers is 'List of {"label", "op", "value"} that must all hold. Empty: every alert.';
comment on column api.routes.policy is 'Null: the fallback policy.';
comment on column api.routes.group_by is 'Alerts with equal values of these labels are one incident. Empty: all alerts of the route.';
comment on column api.routes.group_wait is 'How long a new incident waits for more alerts before anybody is told.';
comment on column api.routes.group_interval is 'How long after the last message more alerts of the incident are told.';
comment on column api.routes.repeat_interval is 'How often an incident that nobody acknowledged is told again once its policy is exhausted.';
