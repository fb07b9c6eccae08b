grant usage on schema alerting to viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs, vigil_worker;
-- Not what people wrote about receivers: the API shows of it what each role may see.
grant select on alerting.rule, alerting.rule_state, alerting.alert, alerting.incident, alerting.incident_event, alerting.silence,
  alerting.inhibition, alerting.route, alerting.escalation_policy, alerting.escalation_step, alerting.escalation_target,
  alerting.schedule, alerting.setting, alerting.tally
  to viewer, bi_reader, vigil_api;
-- Short names, not what people are called and how they are reached: api.people shows what each role may see.
grant select (tenant_id, person_id, name, time_zone, language, active, inactive_since, created_at) on alerting.person to viewer, bi_reader;
grant select on alerting.schedule_layer, alerting.layer_member, alerting.layer_restriction, alerting.former_fallback, alerting.schedule_override
  to viewer, bi_reader, vigil_api;
-- When somebody is away, not why.
grant select (tenant_id, unavailability_id, person_id, from_ts, to_ts) on alerting.unavailability to viewer, bi_reader;
-- Who the subject of a person is, how they are reached and why they are away is for those who work with it.
grant select on alerting.person, alerting.contact_method, alerting.contact_rule, alerting.unavailability to operator;
grant select (tenant_id, channel_id, name, kind, language, min_severity, enabled, created_at, last_success_at, last_failure_at,
  failure_streak, paused_until, disabled_at, disabled_reason) on alerting.channel to viewer, bi_reader;
-- How channels are set up is for those who do it.
grant select (config, secret_ref, allow_http, template_id, throttle, max_in_flight) on alerting.channel to tenant_admin;
grant select on alerting.template to tenant_admin;
grant select (tenant_id, notification_id, channel_id, alert_id, incident_id, purpose, step, cycle, target, person_id, severity, state, reason,
  bundled_into, attempt, next_attempt_at, last_status, last_detail, created_at, delivered_at) on alerting.notification to viewer, bi_reader;
grant select on alerting.delivery_attempt to viewer, bi_reader;
-- What the functions of the API change, under the policies.
grant select, insert, update, delete on alerting.rule, alerting.rule_state, alerting.route, alerting.silence, alerting.inhibition,
  alerting.channel, alerting.template, alerting.person, alerting.contact_method, alerting.contact_rule, alerting.schedule,
  alerting.escalation_policy, alerting.escalation_step, alerting.escalation_target, alerting.round_robin, alerting.setting,
  alerting.timer, alerting.notification, alerting.recipient, alerting.tally
  to vigil_api;
grant select, insert, update, delete on alerting.former_fallback, alerting.schedule_override, alerting.unavailability to vigil_api;
-- What a schedule was does not change.
grant insert, update (effective_until) on alerting.schedule_layer to vigil_api;
grant insert on alerting.layer_member, alerting.layer_restriction to vigil_api;
grant select, insert, update on alerting.incident, alerting.alert, alerting.incident_event to vigil_api;
grant select, delete on alerting.acknowledge_link to vigil_api;
grant select on alerting.delivery_attempt, alerting.rule_view to vigil_api;
grant select, insert, update, delete on all tables in schema alerting to vigil_jobs;
-- The pipeline. None of these has rights of its own.
grant execute on all functions in schema alerting to vigil_jobs;
-- What acknowledging, snoozing and resolving over the API leads to, under the policies.
grant execute on function
  alerting.setting_of(int), alerting.add_event(int, bigint, text, text, jsonb), alerting.acknowledge_incident(int, bigint, text),
  alerting.snooze_incident(int, bigint, timestamptz, text), alerting.unsnooze_incident(int, bigint, text),
  alerting.resolve_incident(int, bigint, text, text), alerting.close_incident(int, bigint, text, text),
  alerting.policy_snapshot(int, int), alerting.plan_step(int, bigint), alerting.plan_reminders(int, bigint),
  alerting.restart_escalation(int, bigint), alerting.stop_escalation(int, bigint), alerting.tell_told(int, bigint, text),
  alerting.tell(int, bigint, text, int, int, text, int, text, int, bigint), alerting.release_held(int),
  alerting.throttles(text), alerting.throttled_until(int, int, text, timestamptz),
  alerting.notification_payload(int, bigint), alerting.payload_with(int, bigint, int), alerting.max_attempts(text, text)
  to vigil_api;
grant execute on function
  alerting.refuse_incident(int, bigint, text[]), alerting.policy_problem(jsonb), alerting.save_policy(int, jsonb),
  alerting.add_target(int, int, int, int, jsonb), alerting.link_page(text, text, text, text), alerting.link_headers(), alerting.link_target(text),
  alerting.acknowledge_by_link(text)
  to vigil_api;
grant select (tenant_id, incident_id, kind, due_at) on alerting.timer to viewer, bi_reader;
-- Trying and checking rules.
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
  alerting.has_persisted(int, int, timestamptz, timestamptz, text, int, int),
  alerting.read_rule(int, jsonb), alerting.try_rule(alerting.rule, timestamptz, timestamptz),
  alerting.finding_episodes(alerting.rule, timestamptz, timestamptz), alerting.no_data_episodes(alerting.rule, timestamptz, timestamptz)
  to vigil_api;
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
  alerting.settle_notifications(bigint[], int[], text[], int[], text[], float8[]),
  alerting.release_notifications(text)
  to vigil_worker, vigil_jobs;
grant execute on function alerting.balance(int) to vigil_jobs, vigil_api;
grant execute on function alerting.replay_notification(int, bigint) to vigil_jobs, vigil_api;
grant execute on function
  alerting.instant_of(timestamp, text), alerting.rotation_start(timestamp, text, int, int),
  alerting.rotation_turn(timestamp, text, int, timestamp), alerting.on_call_pieces(int, int, timestamptz, timestamptz),
  alerting.on_call_at(int, int, timestamptz), alerting.final_schedule(int, int, timestamptz, timestamptz),
  alerting.coverage_gaps(int, int, timestamptz, timestamptz), alerting.coverage(int, int, timestamptz, timestamptz),
  alerting.hours_of(tstzmultirange), alerting.fairness(int, int, timestamptz, timestamptz), alerting.layer_slots(int, int),
  alerting.layer_restrictions(int, int), alerting.schedule_layers(int, int, timestamptz)
  to viewer, bi_reader, vigil_api, vigil_jobs;
grant execute on function alerting.contacts_of(int, int) to operator, vigil_api;
grant execute on function alerting.time_zone_problem(text), alerting.due_handoffs(int, timestamptz, timestamptz) to vigil_api, vigil_jobs;
grant execute on function
  alerting.refuse_long_range(timestamptz, timestamptz), alerting.find_person(int, text, boolean), alerting.find_schedule(int, text),
  alerting.refuse_stranger(int, int, text[]), alerting.save_contacts(int, int, jsonb, jsonb), alerting.unknown_key(jsonb, text[]),
  alerting.restriction_problem(jsonb), alerting.layer_problem(jsonb), alerting.save_schedule(int, jsonb, timestamptz),
  alerting.add_override(int, int, text, int, int, timestamptz, timestamptz, text, text)
  to vigil_api;
-- Links for people who log in.
grant usage on schema alerting to vigil_auth;
grant execute on function alerting.account_channel(), alerting.tell_account(uuid, text, text, text, jsonb) to vigil_auth;
