create or replace view api.alert_settings with (security_invoker = true) as
select t.name as tenant, p.name as fallback_policy,
  coalesce(s.notifications_per_day, 5000) as notifications_per_day,
  coalesce(s.reopen_within, interval '30 minutes') as reopen_within,
  coalesce(s.flap_count, 4) as flap_count,
  coalesce(s.flap_within, interval '1 hour') as flap_within,
  s.auto_resolve,
  coalesce(s.handoff_notices, true) as handoff_notices
from fleet.tenant t
left join alerting.setting s on s.tenant_id = t.tenant_id
left join alerting.escalation_policy p on p.tenant_id = s.tenant_id and p.policy_id = s.fallback_policy_id;
comment on view api.alert_settings is
$$How alerting works for the tenant
One row: what was set with POST /rpc/save_alert_settings, or the defaults.$$;
comment on column api.alert_settings.fallback_policy is 'Takes incidents that no route takes, and is told when another policy is exhausted. Null: every enabled channel.';
comment on column api.alert_settings.notifications_per_day is 'Messages a day (UTC); what is beyond is suppressed, with one note that says so.';
comment on column api.alert_settings.reopen_within is 'An alert that fires again within this time of its end goes on instead of beginning anew.';
comment on column api.alert_settings.flap_count is 'An alert that began so often within flap_within is flapping: it ends once it has been quiet for a while.';
comment on column api.alert_settings.handoff_notices is 'Whether people are told when they go on call.';
comment on column api.alert_settings.auto_resolve is 'Incidents whose alerts have been silent for so long are resolved. Null: only by their alerts, or by hand.';
