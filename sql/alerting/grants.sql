grant usage on schema alerting to viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs, vigil_worker;
-- Not what people wrote about receivers: the API shows of it what each role may see.
grant select on alerting.rule, alerting.rule_state, alerting.alert, alerting.incident, alerting.incident_event, alerting.silence,
  alerting.inhibition, alerting.route, alerting.escalation_policy, alerting.escalation_step, alerting.escalation_target,
  alerting.schedule, alerting.setting, alerting.tally
  to viewer, bi_reader, vigil_api;
-- Names, not how to reach them.
grant select (tenant_id, person_id, name, display_name, time_zone, language, active, created_at) on alerting.person to viewer, bi_reader;
grant select (tenant_id, channel_id, name, kind, language, min_severity, enabled, created_at, last_success_at, last_failure_at,
  failure_streak, paused_until, disabled_at, disabled_reason) on alerting.channel to viewer, bi_reader;
grant select (tenant_id, notification_id, channel_id, alert_id, incident_id, purpose, step, loop, target, person_id, severity, state, reason,
  bundled_into, attempt, next_attempt_at, last_status, last_detail, created_at, delivered_at) on alerting.notification to viewer, bi_reader;
grant select on alerting.delivery_attempt to viewer, bi_reader;
-- What the functions of the API change, under the policies.
grant select, insert, update, delete on alerting.rule, alerting.rule_state, alerting.route, alerting.silence, alerting.inhibition,
  alerting.channel, alerting.template, alerting.person, alerting.contact_method, alerting.contact_rule, alerting.schedule,
  alerting.escalation_policy, alerting.escalation_step, alerting.escalation_target, alerting.round_robin, alerting.setting,
  alerting.timer, alerting.notification, alerting.recipient, alerting.tally
  to vigil_api;
grant select, insert, update on alerting.incident, alerting.alert, alerting.incident_event to vigil_api;
grant select, delete on alerting.acknowledge_link to vigil_api;
grant select on alerting.delivery_attempt, alerting.rule_view to vigil_api;
grant select, insert, update, delete on all tables in schema alerting to vigil_jobs;
grant execute on function alerting.notification_payload(int, bigint), alerting.retry_delay(int),
  alerting.raise_condition(int, text, text, text), alerting.clear_condition(int, text) to vigil_jobs;
grant execute on function
  alerting.rule_example(text), alerting.breaches(float8, text, float8), alerting.level_limits(jsonb),
  alerting.level_of(float8, text, float8[], float8), alerting.severity_name(int), alerting.rule_problem(text, jsonb),
  alerting.rule_every(text, jsonb), alerting.rule_streams(alerting.rule), alerting.subject_key(text),
  alerting.threshold_episodes(alerting.rule, int[], timestamptz[], jsonb[], timestamptz, timestamptz),
  alerting.threshold_summary(jsonb, int, text, float8),
  alerting.next_states(alerting.rule_state[], alerting.finding[], interval, timestamptz),
  alerting.findings(alerting.rule, timestamptz), alerting.trend_findings(alerting.rule, timestamptz),
  alerting.forecast_findings(alerting.rule, timestamptz), alerting.drift_findings(alerting.rule, timestamptz),
  alerting.anomalies_of_rule(alerting.rule, bigint[]),
  alerting.has_persisted(int, int, timestamptz, timestamptz, text, int, int)
  to vigil_api, vigil_jobs;
grant execute on function
  alerting.raise_alerts(int), alerting.evaluate_rules(int, timestamptz), alerting.end_orphans(int),
  alerting.evaluate_threshold(alerting.rule, timestamptz),
  alerting.settle_findings(alerting.rule, alerting.finding[], timestamptz),
  alerting.no_data_findings(alerting.rule, timestamptz), alerting.system_findings(alerting.rule, timestamptz),
  alerting.view_findings(alerting.rule)
  to vigil_jobs;
grant execute on function
  alerting.claim_notifications(text, int, interval),
  alerting.settle_notification(bigint, int, text, int, text, interval),
  alerting.release_notifications(text)
  to vigil_worker, vigil_jobs;
