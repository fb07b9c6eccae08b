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
-- How channels are set up is for those who do it.
grant select (config, secret_ref, allow_http, template_id, throttle, max_in_flight) on alerting.channel to tenant_admin;
grant select on alerting.template to tenant_admin;
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
grant select on alerting.delivery_attempt to vigil_api;
grant select, insert, update, delete on all tables in schema alerting to vigil_jobs;
grant execute on function alerting.notification_payload(int, bigint), alerting.raise_alerts(int), alerting.retry_delay(int),
  alerting.raise_condition(int, text, text, text), alerting.clear_condition(int, text) to vigil_jobs;
-- What views of the API ask.
grant execute on function alerting.silence_active_at(alerting.silence, timestamptz), alerting.instant_of(timestamp, text)
  to viewer, bi_reader, vigil_api, vigil_jobs;
grant execute on function alerting.label_holds(text, text, jsonb), alerting.labels_match(jsonb, jsonb), alerting.matchers_problem(jsonb),
  alerting.refuse_matchers(jsonb), alerting.time_zone_problem(text), alerting.required_labels(jsonb), alerting.inhibition_keys(alerting.inhibition, jsonb),
  alerting.inhibits(alerting.inhibition, jsonb, jsonb), alerting.muting_silence(int, jsonb, timestamptz),
  alerting.muting_alert(int, alerting.alert), alerting.mute_alerts(int, bigint[]), alerting.unmute_alerts(int),
  alerting.add_silence(alerting.silence), alerting.find_policy(int, text),
  alerting.url_problem(text, boolean), alerting.address_problem(text, text), alerting.channel_problem(text, jsonb, text, boolean),
  alerting.throttle_problem(jsonb), alerting.find_channel(int, text), alerting.refuse_foreign_secret(int, text)
  to vigil_api, vigil_jobs;
grant execute on function
  alerting.claim_notifications(text, int, interval),
  alerting.settle_notification(bigint, int, text, int, text, interval),
  alerting.release_notifications(text)
  to vigil_worker, vigil_jobs;
