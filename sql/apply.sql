-- Every replayable object, in the order of what needs what. Run in one transaction as a superuser:
--   psql -1 -v ON_ERROR_STOP=1 -f sql/apply.sql
\set QUIET on
set client_min_messages = warning;
set check_function_bodies = off;
set search_path = pg_catalog;

-- Waits for jobs that are running and keeps new ones from starting: they would meet the policies below in another order.
do $$ begin
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('vigil.job.' || j.job_name, 0))
  from (select o.job_name from ops.job o order by o.job_name) j;
end $$;

-- vigil_api owns what is in api and must be able to put it there.
grant create, usage on schema api to vigil_api;
alter default privileges for role vigil_owner revoke execute on functions from public;
alter default privileges for role vigil_api revoke execute on functions from public;

-- In C, which only a superuser may add.
\ir auth/tenant_id.sql
\ir audit/note_rows.sql
\ir audit/note_changes.sql
set local role vigil_owner;
\ir auth/claims.sql
\ir auth/login_tenant.sql
\ir auth/subject.sql
\ir auth/request_header.sql
\ir auth/add_answer_header.sql
\ir auth/correlation_id.sql
\ir auth/account_id.sql
\ir auth/session_id.sql
\ir auth/client_address.sql
\ir auth/is_staff.sql
\ir auth/session_carries.sql
\ir auth/session_problem.sql
\ir auth/key_claims.sql
\ir auth/limits_of.sql
\ir auth/take_allowance.sql
\ir auth/check_request.sql
\ir auth/access_token.sql
\ir auth/issue_token.sql
\ir auth/login/problem_answer.sql
\ir auth/login/token_sha256.sql
\ir auth/login/attempt_buckets.sql
\ir auth/login/refuse_waiting.sql
\ir auth/login/note_failure.sql
\ir auth/login/forget_failures.sql
\ir auth/login/password_matches.sql
\ir auth/login/memberships_of.sql
\ir auth/login/role_in.sql
\ir auth/login/client_sha256.sql
\ir auth/login/act_as.sql
\ir auth/login/new_refresh_token.sql
\ir auth/login/token_answer.sql
\ir auth/login/end_sessions.sql
\ir auth/login/signed_in.sql
\ir auth/login/second_factor_accepts.sql
\ir auth/login/record_visit.sql
\ir auth/passwords/password_problem.sql
\ir auth/passwords/refuse_password.sql
\ir auth/passwords/store_password.sql
\ir auth/passwords/password_page.sql
\ir auth/passwords/setup_token.sql
\ir auth/passwords/first_admin.sql
\ir auth/people/refuse_key.sql
\ir auth/people/role_rank.sql
\ir auth/people/refuse_role.sql
\ir auth/people/refuse_last_admin.sql
\ir auth/people/find_member.sql
\ir auth/login_limit.sql
\ir auth/scram_verifier.sql
\ir auth/sees_personal_data.sql
\ir auth/masked.sql
\ir auth/policies.sql

\ir audit/origin.sql
\ir audit/record_retention.sql
\ir audit/hash_field.sql
\ir audit/entry_hash.sql
\ir audit/kept_from.sql
\ir audit/move_anchors.sql
\ir audit/read_heads.sql
\ir audit/chain_state.sql
\ir audit/missing_triggers.sql
\ir audit/keep_entries.sql
\ir audit/policies.sql

\ir fleet/merged.sql
\ir fleet/without.sql
\ir fleet/keep_contract.sql
\ir fleet/note_readings.sql
\ir fleet/create_profile.sql
\ir fleet/open_stream.sql
\ir fleet/open_named_streams.sql
\ir fleet/append_unknown_metrics.sql
\ir fleet/accepted_times.sql
\ir fleet/reading_problem.sql
\ir fleet/ingest.sql
\ir fleet/csv_readings.sql
\ir fleet/csv_fields.sql
\ir fleet/rollups_of.sql
\ir fleet/decide_rollups.sql
\ir fleet/note_rollups.sql
-- Two engines behind one definition, file beside file: the Community edition has continuous aggregates. A database that
-- began on the Apache edition stays with what it has, which may be older than its readings.
select _timescaledb_functions.tsl_loaded() and not exists (select from fleet.reading_rollup) as has_aggregates \gset
\if :has_aggregates
\ir fleet/community/aggregate_name.sql
\ir fleet/community/define_aggregates.sql
\ir fleet/community/make_rollups.sql
\ir fleet/community/refresh_rollups.sql
\ir fleet/community/expire_rollups.sql
reset role;
select fleet.define_aggregates() \g /dev/null
set local role vigil_owner;
\else
\ir fleet/apache/summary.sql
\ir fleet/apache/make_rollups.sql
\ir fleet/apache/refresh_rollups.sql
\ir fleet/apache/expire_rollups.sql
\endif
drop function if exists fleet.buckets_of_readings(int, int, int, tstzmultirange, interval);
\ir fleet/values_within.sql
\ir fleet/import_lines.sql
\ir fleet/replace_restored.sql
\ir fleet/export_lines.sql
\ir fleet/export.sql
\ir fleet/source_query.sql
\ir fleet/source_rows.sql
\ir fleet/pull_batch.sql
\ir fleet/pull_sources.sql
\ir fleet/policies.sql
\ir fleet/grants.sql

\ir detect/define_features.sql
\ir detect/write_features.sql
\ir detect/compute_features.sql
\ir detect/severity.sql
\ir detect/severity_rank.sql
\ir detect/find_stream.sql
\ir detect/active_model.sql
\ir detect/vector_at.sql
\ir detect/contributions.sql
\ir detect/explanation.sql
\ir detect/compute_scores.sql
\ir detect/refresh_anomaly.sql
\ir detect/close_anomalies.sql
\ir detect/absorb_anomalies.sql
\ir detect/compute_anomalies.sql
\ir detect/train.sql
\ir detect/train_due.sql
\ir detect/policies.sql
\ir detect/grants.sql

\ir alerting/on_call/time_zone_problem.sql
\ir alerting/on_call/instant_of.sql
\ir alerting/on_call/check_time_zone.sql
\ir alerting/on_call/note_activity.sql
\ir alerting/on_call/rotation_start.sql
\ir alerting/on_call/rotation_turn.sql
\ir alerting/on_call/on_call_pieces.sql
\ir alerting/on_call/on_call_at.sql
\ir alerting/on_call/final_schedule.sql
\ir alerting/on_call/refuse_long_range.sql
\ir alerting/on_call/coverage_gaps.sql
\ir alerting/on_call/coverage.sql
\ir alerting/on_call/hours_of.sql
\ir alerting/on_call/fairness.sql
\ir alerting/on_call/due_handoffs.sql
\ir alerting/on_call/layer_slots.sql
\ir alerting/on_call/layer_restrictions.sql
\ir alerting/on_call/schedule_layers.sql
\ir alerting/on_call/find_person.sql
\ir alerting/on_call/find_schedule.sql
\ir alerting/on_call/refuse_stranger.sql
\ir alerting/on_call/contacts_of.sql
\ir alerting/on_call/save_contacts.sql
\ir alerting/on_call/unknown_key.sql
\ir alerting/on_call/restriction_problem.sql
\ir alerting/on_call/layer_problem.sql
\ir alerting/on_call/save_schedule.sql
\ir alerting/on_call/add_override.sql

\ir alerting/mutes/label_holds.sql
\ir alerting/mutes/labels_match.sql
\ir alerting/mutes/matchers_problem.sql
\ir alerting/mutes/refuse_matchers.sql
\ir alerting/mutes/silence_active_at.sql
\ir alerting/mutes/muting_silence.sql
\ir alerting/mutes/inhibition_keys.sql
\ir alerting/mutes/inhibits.sql
\ir alerting/mutes/required_labels.sql
\ir alerting/mutes/muting_alert.sql
\ir alerting/mutes/mute_alerts.sql
\ir alerting/mutes/unmute_alerts.sql
\ir alerting/mutes/mute_over_quota.sql
\ir alerting/mutes/forget_inhibited.sql
\ir alerting/mutes/check_silence.sql
\ir alerting/mutes/check_inhibition.sql
\ir alerting/mutes/check_route.sql
\ir alerting/mutes/add_silence.sql
\ir alerting/mutes/find_policy.sql
\ir alerting/mutes/triggers.sql

\ir alerting/channels/url_problem.sql
\ir alerting/channels/address_problem.sql
\ir alerting/channels/channel_problem.sql
\ir alerting/channels/throttle_problem.sql
\ir alerting/channels/check_channel.sql
\ir alerting/channels/find_channel.sql
\ir alerting/channels/refuse_foreign_secret.sql
\ir alerting/channels/triggers.sql

\ir alerting/rules/rule_example.sql
\ir alerting/rules/breaches.sql
\ir alerting/rules/level_limits.sql
\ir alerting/rules/level_of.sql
\ir alerting/rules/severity_name.sql
\ir alerting/rules/rule_problem.sql
\ir alerting/rules/rule_every.sql
\ir alerting/rules/check_rule.sql
\ir alerting/rules/rule_streams.sql
\ir alerting/rules/subject_key.sql
\ir alerting/rules/threshold_episodes.sql
\ir alerting/rules/threshold_summary.sql
\ir alerting/rules/evaluate_threshold.sql
\ir alerting/rules/next_states.sql
\ir alerting/rules/settle_findings.sql
\ir alerting/rules/no_data_findings.sql
\ir alerting/rules/trend_findings.sql
\ir alerting/rules/forecast_findings.sql
\ir alerting/rules/drift_findings.sql
\ir alerting/rules/system_findings.sql
\ir alerting/rules/view_findings.sql
\ir alerting/rules/findings.sql
\ir alerting/rules/end_orphans.sql
\ir alerting/rules/is_rule_due.sql
\ir alerting/rules/evaluate_rules.sql
\ir alerting/rules/has_persisted.sql
\ir alerting/rules/anomalies_of_rule.sql
\ir alerting/rules/raise_alerts.sql
\ir alerting/rules/no_data_episodes.sql
\ir alerting/rules/finding_episodes.sql
\ir alerting/rules/try_rule.sql
\ir alerting/rules/read_rule.sql

\ir alerting/incidents/setting_of.sql
\ir alerting/incidents/add_event.sql
\ir alerting/incidents/shared_labels.sql
\ir alerting/incidents/raise_signals.sql
\ir alerting/incidents/resolve_signals.sql
\ir alerting/incidents/settle_flapping.sql
\ir alerting/incidents/group_alerts.sql
\ir alerting/incidents/note_newcomers.sql
\ir alerting/incidents/plan_update.sql
\ir alerting/incidents/refresh_incidents.sql
\ir alerting/incidents/reopen_incidents.sql
\ir alerting/incidents/close_incident.sql
\ir alerting/incidents/acknowledge_incident.sql
\ir alerting/incidents/snooze_incident.sql
\ir alerting/incidents/unsnooze_incident.sql
\ir alerting/incidents/resolve_incident.sql
\ir alerting/incidents/is_silenced.sql
\ir alerting/incidents/refuse_incident.sql
\ir alerting/incidents/link_page.sql
\ir alerting/incidents/link_headers.sql
\ir alerting/incidents/raise_condition.sql
\ir alerting/incidents/clear_condition.sql

\ir alerting/escalation/policy_snapshot.sql
\ir alerting/escalation/policy_problem.sql
\ir alerting/escalation/add_target.sql
\ir alerting/escalation/save_policy.sql
\ir alerting/escalation/step_holds.sql
\ir alerting/escalation/tell.sql
\ir alerting/escalation/tell_person.sql
\ir alerting/escalation/tell_target.sql
\ir alerting/escalation/tell_told.sql
\ir alerting/escalation/tell_again.sql
\ir alerting/escalation/plan_step.sql
\ir alerting/escalation/plan_reminders.sql
\ir alerting/escalation/restart_escalation.sql
\ir alerting/escalation/stop_escalation.sql
\ir alerting/escalation/escalate.sql
\ir alerting/escalation/exhaust.sql
\ir alerting/escalation/hasten.sql
\ir alerting/escalation/run_timer.sql
\ir alerting/escalation/run_timers.sql
\ir alerting/escalation/throttles.sql
\ir alerting/escalation/throttled_until.sql
\ir alerting/escalation/release_held.sql
\ir alerting/escalation/note_payload.sql
\ir alerting/escalation/send_notes.sql
\ir alerting/escalation/tell_handoffs.sql
\ir alerting/escalation/run_escalations.sql

\ir alerting/outbox/payload_with.sql
\ir alerting/outbox/notification_payload.sql
\ir alerting/outbox/retry_delay.sql
\ir alerting/outbox/max_attempts.sql
\ir alerting/outbox/balance.sql

\ir alerting/policies.sql

\ir ops/earlier_answer.sql
\ir ops/keep_answer.sql
\ir ops/prune.sql
\ir ops/retention_scope.sql
\ir ops/retention_stream.sql
\ir ops/expired_query.sql
\ir ops/retention_plan.sql
\ir ops/drop_chunk.sql
\ir ops/lock_chunk.sql
\ir ops/remove_chunk.sql
\ir ops/remove_rows.sql
\ir ops/note_failure.sql
\ir ops/apply_retention.sql
\ir ops/place_hold.sql
\ir ops/release_hold.sql
\ir ops/refuse_removal.sql
\ir ops/rows_by_tenant.sql
\ir ops/measure_storage.sql
\ir ops/worker_health.sql
\ir ops/tell_dead_man.sql
\ir ops/check_worker.sql
\ir ops/due_tenants.sql
\ir ops/run.sql
\ir ops/job_status.sql
\ir ops/storage.sql
\ir ops/find_tenant.sql
\ir ops/quotas_of.sql
\ir ops/alerts_on.sql
\ir ops/used.sql
\ir ops/is_over_quota.sql
\ir ops/storage_of.sql
\ir ops/add_usage.sql
\ir ops/quotas_reached.sql
\ir ops/warn_of_quotas.sql
\ir ops/count_usage.sql
\ir ops/count_all_usage.sql
\ir ops/create_tenant.sql
\ir ops/suspend_tenant.sql
\ir ops/resume_tenant.sql
\ir ops/set_plan.sql
\ir ops/request_export.sql
\ir ops/delete_tenant.sql
\ir ops/refuse_but_staff.sql
\ir ops/tenant_tables.sql
\ir ops/readable_columns.sql
\ir ops/refuse_held.sql
\ir ops/person_words.sql
\ir ops/replace_words.sql
\ir ops/device_tables.sql
\ir ops/device_condition.sql
\ir ops/person_condition.sql
\ir ops/rewrite_archive.sql
\ir ops/rows_of_tenant.sql
\ir ops/files_of_tenant.sql
\ir ops/export_parts.sql
\ir ops/export_rows.sql
\ir ops/export_readings.sql
\ir ops/export_archive.sql
\ir ops/export_step.sql
\ir ops/delete_step.sql
\ir ops/serve_tenants.sql
\ir ops/add_webhook.sql
\ir ops/add_source.sql
\ir ops/add_rule_view.sql
\ir ops/backfill_source.sql
\ir ops/policies.sql
reset role;

-- What logs people in and lets requests in, and what writes, chains, signs and verifies the audit trail: owned by vigil_auth,
-- which passes row security.
\ir auth/admit_request.sql
\ir auth/login/log_in.sql
\ir auth/login/refresh.sql
\ir auth/login/log_out.sql
\ir auth/login/whoami.sql
\ir auth/login/sessions_of_mine.sql
\ir auth/login/revoke_session.sql
\ir auth/login/switch_tenant.sql
\ir auth/passwords/link_of.sql
\ir auth/passwords/link_page.sql
\ir auth/passwords/choose_password.sql
\ir auth/passwords/change_password.sql
\ir auth/passwords/request_reset.sql
\ir auth/passwords/send_resets.sql
\ir auth/passwords/make_link_token.sql
\ir auth/passwords/begin_totp.sql
\ir auth/passwords/confirm_totp.sql
\ir auth/passwords/disable_totp.sql
\ir auth/people/tenant_users.sql
\ir auth/people/invite_user.sql
\ir auth/people/set_user_role.sql
\ir auth/people/deactivate_user.sql
\ir auth/people/reactivate_user.sql
\ir auth/people/end_user_sessions.sql
\ir auth/keys/create_api_key.sql
\ir auth/keys/revoke_api_key.sql
\ir auth/keys/tidy.sql
\ir auth/passwords/blocked_passwords.sql
\ir audit/record.sql
\ir audit/note_truncation.sql
\ir audit/chain_entries.sql
\ir audit/sign_heads.sql
\ir audit/verify.sql

-- What the worker calls, and what schedules jobs, works for all tenants: owned by vigil_jobs, which passes it too.
\ir audit/claim_heads.sql
\ir audit/settle_heads.sql
\ir audit/grants.sql
\ir alerting/outbox/count_raised.sql
\ir alerting/outbox/count_ended.sql
\ir alerting/outbox/count_removed.sql
\ir alerting/outbox/escalate_undelivered.sql
\ir alerting/outbox/clear_gone_condition.sql
\ir alerting/outbox/channel_standing.sql
\ir alerting/outbox/due_lanes.sql
\ir alerting/outbox/recover_notifications.sql
\ir alerting/outbox/account_channel.sql
\ir alerting/outbox/tell_account.sql
\ir alerting/outbox/claim_notifications.sql
\ir alerting/outbox/settle_notifications.sql
\ir alerting/outbox/release_notifications.sql
\ir alerting/outbox/replay_notification.sql
\ir alerting/incidents/link_target.sql
\ir alerting/incidents/acknowledge_by_link.sql
\ir alerting/grants.sql
\ir ops/heartbeat.sql
\ir ops/health.sql
\ir ops/schedule_job.sql
\ir ops/schedule_job_trigger.sql
\ir ops/retention_profile.sql
\ir ops/refuse_policy.sql
\ir ops/kept_since.sql
\ir ops/tenant_retention.sql
\ir ops/tenant_compliance.sql
\ir ops/set_retention.sql
\ir ops/reset_retention.sql
\ir ops/archive_plan.sql
\ir ops/plan_archives.sql
\ir ops/archive_damage.sql
\ir ops/reading_hash.sql
\ir ops/replan_damaged.sql
\ir ops/withdraw_archives.sql
\ir ops/write_archive.sql
\ir ops/verify_archive.sql
\ir ops/drop_archived.sql
\ir ops/delete_archived.sql
\ir ops/expire_archives.sql
\ir ops/sweep_archives.sql
\ir ops/expire_restores.sql
\ir ops/apply_archive.sql
\ir ops/check_archives.sql
\ir ops/restore_archive.sql
\ir ops/restore_own_archive.sql
\ir ops/keep_held.sql
\ir ops/keep_held_rows.sql
\ir ops/keep_held_triggers.sql
\ir ops/hidden_attributes.sql
\ir ops/person_data.sql
\ir ops/erase_person.sql
\ir ops/device_data.sql
\ir ops/erase_device.sql
\ir auth/account_data.sql
\ir ops/as_staff.sql
\ir ops/tenants_for_staff.sql
\ir ops/exports_for_staff.sql
\ir ops/deletions_for_staff.sql
\ir ops/refuse_over_quota.sql
\ir ops/device_room.sql
\ir ops/tenant_usage.sql
\ir ops/keep_quota.sql
\ir auth/keep_tenant_active.sql
\ir auth/make_login.sql
\ir auth/remove_login.sql
\ir auth/end_long_statements.sql
\ir auth/remove_members.sql
\ir auth/sign_certificate.sql
\ir ops/grants.sql
\ir audit/triggers.sql
alter function auth.admit_request() owner to vigil_auth;
alter function auth.log_in(text, text, text, text) owner to vigil_auth;
alter function auth.refresh(text) owner to vigil_auth;
alter function auth.log_out() owner to vigil_auth;
alter function auth.whoami() owner to vigil_auth;
alter function auth.sessions_of_mine() owner to vigil_auth;
alter function auth.revoke_session(uuid) owner to vigil_auth;
alter function auth.switch_tenant(text) owner to vigil_auth;
alter function auth.link_of(text) owner to vigil_auth;
alter function auth.link_page(text, text) owner to vigil_auth;
alter function auth.choose_password(text, text, text) owner to vigil_auth;
alter function auth.change_password(text, text) owner to vigil_auth;
alter function auth.request_reset(text) owner to vigil_auth;
alter function auth.send_resets() owner to vigil_auth;
alter function auth.make_link_token(text, text) owner to vigil_auth;
alter function auth.begin_totp() owner to vigil_auth;
alter function auth.confirm_totp(text) owner to vigil_auth;
alter function auth.disable_totp(text, text) owner to vigil_auth;
alter function auth.tenant_users() owner to vigil_auth;
alter function auth.invite_user(text, text, text, text) owner to vigil_auth;
alter function auth.set_user_role(text, text) owner to vigil_auth;
alter function auth.deactivate_user(text) owner to vigil_auth;
alter function auth.reactivate_user(text) owner to vigil_auth;
alter function auth.end_user_sessions(text) owner to vigil_auth;
alter function auth.create_api_key(text, text, text[], timestamptz) owner to vigil_auth;
alter function auth.revoke_api_key(text) owner to vigil_auth;
alter function auth.tidy() owner to vigil_auth;
alter function alerting.account_channel() owner to vigil_jobs;
alter function alerting.tell_account(uuid, text, text, text, jsonb) owner to vigil_jobs;
alter function audit.record(int, text, jsonb) owner to vigil_auth;
alter function audit.note_rows() owner to vigil_auth;
alter function audit.note_changes() owner to vigil_auth;
alter function audit.note_truncation() owner to vigil_auth;
alter function audit.chain_entries() owner to vigil_auth;
alter function audit.sign_heads() owner to vigil_auth;
alter function audit.verify(int, jsonb) owner to vigil_auth;
alter function audit.claim_heads(text, int, interval) owner to vigil_jobs;
alter function audit.settle_heads(int[], bigint[], int[]) owner to vigil_jobs;
\ir auth/grants.sql
\ir auth/login_grants.sql
alter function auth.admit_request() owner to vigil_auth;
alter function auth.remove_members(int) owner to vigil_auth;
alter function auth.sign_certificate(int, bigint) owner to vigil_auth;
alter function auth.make_login(text, text, text, timestamptz) owner to vigil_logins;
alter function auth.remove_login(text) owner to vigil_logins;
alter function auth.end_long_statements() owner to vigil_logins;
alter function auth.keep_tenant_active() owner to vigil_jobs;
alter function auth.take_tenant_active() owner to vigil_jobs;
alter function ops.keep_quota_of_row() owner to vigil_jobs;
alter function ops.hidden_attributes() owner to vigil_jobs;
alter function ops.person_data(text) owner to vigil_jobs;
alter function ops.erase_person(text) owner to vigil_jobs;
alter function ops.device_data(text) owner to vigil_jobs;
alter function ops.erase_device(text) owner to vigil_jobs;
alter function auth.account_data(text, int) owner to vigil_auth;
alter function auth.erase_member(text, int) owner to vigil_auth;
alter function ops.as_staff(text, jsonb) owner to vigil_jobs;
alter function ops.tenants_for_staff() owner to vigil_jobs;
alter function ops.exports_for_staff() owner to vigil_jobs;
alter function ops.deletions_for_staff() owner to vigil_jobs;
alter function ops.refuse_over_quota(int, text) owner to vigil_jobs;
alter function ops.device_room(int) owner to vigil_jobs;
alter function ops.tenant_usage() owner to vigil_jobs;
alter function ops.wait_for_quota() owner to vigil_jobs;
alter function ops.keep_quota() owner to vigil_jobs;
alter function alerting.count_raised() owner to vigil_jobs;
alter function alerting.count_ended() owner to vigil_jobs;
alter function alerting.count_removed() owner to vigil_jobs;
alter function alerting.escalate_undelivered() owner to vigil_jobs;
alter function alerting.clear_gone_condition() owner to vigil_jobs;
alter function alerting.channel_standing(int, int, timestamptz) owner to vigil_jobs;
alter function alerting.due_lanes(timestamptz, int) owner to vigil_jobs;
alter function alerting.recover_notifications(timestamptz) owner to vigil_jobs;
alter function alerting.claim_notifications(text, int, interval) owner to vigil_jobs;
alter function alerting.settle_notifications(bigint[], int[], text[], int[], text[], float8[]) owner to vigil_jobs;
alter function alerting.release_notifications(text) owner to vigil_jobs;
alter function alerting.replay_notification(int, bigint) owner to vigil_jobs;
alter function alerting.link_target(text) owner to vigil_jobs;
alter function alerting.acknowledge_by_link(text) owner to vigil_jobs;
alter function ops.heartbeat(text, text, text, jsonb) owner to vigil_jobs;
alter function ops.health() owner to vigil_jobs;
alter function ops.schedule_job() owner to vigil_jobs;
alter function ops.kept_since(int) owner to vigil_jobs;
alter function ops.tenant_retention() owner to vigil_jobs;
alter function ops.tenant_compliance() owner to vigil_jobs;
alter function ops.set_retention(text, text, interval, text, interval, interval) owner to vigil_jobs;
alter function ops.reset_retention(text, text) owner to vigil_jobs;
alter function ops.restore_own_archive(timestamptz, timestamptz, text, interval) owner to vigil_jobs;
alter function ops.keep_held() owner to vigil_jobs;
alter function ops.keep_held_rows() owner to vigil_jobs;
revoke execute on all functions in schema auth, audit, fleet, detect, alerting, ops from public;
revoke execute on all procedures in schema fleet, ops from public;
\ir ops/jobs.sql
\ir ops/data_classes.sql

set local role vigil_api;
\ir api/html.sql
\ir api/devices.sql
\ir api/streams.sql
\ir api/profiles.sql
\ir api/readings.sql
\ir api/telemetry.sql
\ir api/latest.sql
\ir api/models.sql
\ir api/scores.sql
\ir api/anomalies.sql
\ir api/alerts.sql
\ir api/notifications.sql
\ir api/delivery_attempts.sql
\ir api/replay_notification.sql
\ir api/incidents.sql
\ir api/incident_events.sql
\ir api/escalation_policies.sql
\ir api/rules.sql
\ir api/jobs.sql
\ir api/ingest_batches.sql
\ir api/sources.sql
\ir api/source_rejections.sql
\ir api/retention_policies.sql
\ir api/retention_runs.sql
\ir api/legal_holds.sql
\ir api/compliance.sql
\ir api/storage.sql
\ir api/ingest.sql
\ir api/register_device.sql
\ir api/create_profile.sql
\ir api/train_model.sql
\ir api/score.sql
\ir api/explain.sql
\ir api/series.sql
\ir api/export.sql
\ir api/rollups.sql
\ir api/acknowledge_anomaly.sql
\ir api/acknowledge_incident.sql
\ir api/snooze_incident.sql
\ir api/unsnooze_incident.sql
\ir api/resolve_incident.sql
\ir api/note_incident.sql
\ir api/acknowledge_link.sql
\ir api/acknowledge_by_link.sql
\ir api/save_escalation_policy.sql
\ir api/delete_escalation_policy.sql
\ir api/audit_entries.sql
\ir api/verify_audit.sql
\ir api/archives.sql
\ir api/archive_restores.sql
\ir api/restore_archive.sql
\ir api/set_retention.sql
\ir api/save_rule.sql
\ir api/delete_rule.sql
\ir api/try_rule.sql
\ir api/reset_retention.sql
\ir api/silences.sql
\ir api/inhibitions.sql
\ir api/routes.sql
\ir api/alert_settings.sql
\ir api/create_silence.sql
\ir api/create_maintenance_window.sql
\ir api/end_silence.sql
\ir api/preview_silence.sql
\ir api/save_inhibition.sql
\ir api/delete_inhibition.sql
\ir api/save_route.sql
\ir api/delete_route.sql
\ir api/save_alert_settings.sql
\ir api/channels.sql
\ir api/channel_settings.sql
\ir api/templates.sql
\ir api/save_channel.sql
\ir api/enable_channel.sql
\ir api/disable_channel.sql
\ir api/delete_channel.sql
\ir api/test_channel.sql
\ir api/save_template.sql
\ir api/delete_template.sql
\ir api/health.sql
\ir api/people.sql
\ir api/contacts.sql
\ir api/schedules.sql
\ir api/schedule_layers.sql
\ir api/schedule_overrides.sql
\ir api/unavailabilities.sql
\ir api/on_call_now.sql
\ir api/schedule_coverage.sql
\ir api/on_call.sql
\ir api/final_schedule.sql
\ir api/coverage.sql
\ir api/fairness.sql
\ir api/my_contacts.sql
\ir api/save_person.sql
\ir api/delete_person.sql
\ir api/save_contact_methods.sql
\ir api/save_schedule.sql
\ir api/override_schedule.sql
\ir api/cancel_override.sql
\ir api/add_unavailability.sql
\ir api/remove_unavailability.sql
\ir api/login.sql
\ir api/refresh.sql
\ir api/logout.sql
\ir api/me.sql
\ir api/my_sessions.sql
\ir api/revoke_session.sql
\ir api/switch_tenant.sql
\ir api/change_password.sql
\ir api/request_password_reset.sql
\ir api/accept_invite.sql
\ir api/reset_password.sql
\ir api/set_password_page.sql
\ir api/set_password.sql
\ir api/begin_totp.sql
\ir api/confirm_totp.sql
\ir api/disable_totp.sql
\ir api/users.sql
\ir api/invite_user.sql
\ir api/set_user_role.sql
\ir api/deactivate_user.sql
\ir api/reactivate_user.sql
\ir api/end_user_sessions.sql
\ir api/api_keys.sql
\ir api/create_api_key.sql
\ir api/revoke_api_key.sql
\ir api/sql_logins.sql
\ir api/create_sql_login.sql
\ir api/drop_sql_login.sql
\ir api/usage.sql
\ir api/tenants.sql
\ir api/tenant_exports.sql
\ir api/tenant_deletions.sql
\ir api/create_tenant.sql
\ir api/suspend_tenant.sql
\ir api/resume_tenant.sql
\ir api/set_plan.sql
\ir api/request_tenant_export.sql
\ir api/delete_tenant.sql
\ir api/reveal_personal_data.sql
\ir api/export_person.sql
\ir api/erase_person.sql
\ir api/export_device.sql
\ir api/erase_device.sql
\ir api/grants.sql
reset role;
revoke execute on all functions in schema api from public;
\ir api/schema.sql
notify pgrst, 'reload schema';
