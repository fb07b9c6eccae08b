create or replace view api.rules with (security_invoker = true) as
select r.name, r.kind, r.enabled,
  case
    when not r.enabled then 'disabled'
    when r.last_error is not null then 'failed'
    when r.evaluated_to is null then 'new'
    else 'ok'
  end as status,
  r.severity, r.params, p.name as profile, r.site::text as site, r.device_model, r.device_attributes, r.labels,
  r.min_score, r.min_severity, r.max_age,
  (select pg_catalog.count(*) from alerting.alert al where al.tenant_id = r.tenant_id and al.rule_id = r.rule_id and al.state = 'open') as open_alerts,
  (select pg_catalog.count(*) from alerting.rule_state s where s.tenant_id = r.tenant_id and s.rule_id = r.rule_id and s.pending_since is not null and s.firing_since is null) as waiting,
  r.evaluated_to as evaluated_at, r.last_error, r.last_error_at, r.created_at, r.rule_id
from alerting.rule r
left join fleet.profile p on p.tenant_id = r.tenant_id and p.profile_id = r.profile_id;
comment on view api.rules is
$$What raises alerts
One row per rule. Try them with POST /rpc/try_rule, set them with POST /rpc/save_rule.$$;
comment on column api.rules.status is 'ok; new: not evaluated yet as it is; failed: see last_error; disabled.';
comment on column api.rules.params is 'What the kind of rule goes by.';
comment on column api.rules.site is 'Devices at this site and below; null: everywhere.';
comment on column api.rules.device_attributes is 'Devices whose attributes contain these; null: all.';
comment on column api.rules.max_age is 'What ended longer ago raises no alert, so that loading history wakes nobody.';
comment on column api.rules.waiting is 'How many subjects meet the condition and have yet to do so for long enough.';
