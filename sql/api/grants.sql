grant select on api.devices, api.streams, api.profiles, api.readings, api.telemetry, api.latest, api.models, api.scores,
  api.anomalies, api.jobs, api.ingest_batches, api.sources, api.source_rejections, api.rollups,
  api.archives, api.archive_restores,
  api.retention_policies, api.retention_runs, api.legal_holds, api.compliance, api.storage
  to viewer, bi_reader;
grant select on api.audit_entries to tenant_admin;
grant select on api.profiles to vigil_api;
grant execute on function
  api.score(text, jsonb, timestamptz, text),
  api.explain(text, timestamptz, text, int),
  api.series(text, text, timestamptz, timestamptz, interval),
  api.export(text, text, int)
  to viewer, bi_reader;
grant execute on function api.train_model(text, jsonb, jsonb) to analyst;
grant execute on function
  api.ingest(json),
  api.register_device(text, text, text, text, text, jsonb),
  api.create_profile(text, jsonb),
  api.acknowledge_anomaly(bigint, text)
  to operator;
grant execute on function
  api.set_retention(text, interval, text, text, interval, interval),
  api.restore_archive(timestamptz, timestamptz, text, interval),
  api.reset_retention(text, text),
  api.verify_audit()
  to tenant_admin;

-- For monitors, which have no token.
grant execute on function api.health() to anon, viewer, bi_reader;

-- Alerts and incidents.
grant select on api.alerts, api.incidents, api.incident_events, api.notifications, api.delivery_attempts to viewer, bi_reader;
grant execute on function
  api.acknowledge_incident(bigint), api.snooze_incident(bigint, timestamptz), api.unsnooze_incident(bigint),
  api.resolve_incident(bigint, text), api.note_incident(bigint, text), api.replay_notification(bigint)
  to operator;
-- Whoever has the link from a message; the token is the key.
grant execute on function api.acknowledge_link(text), api.acknowledge_by_link(text) to anon, viewer;

-- Routes, escalation, silences.
grant select on api.escalation_policies, api.routes, api.silences, api.inhibitions, api.alert_settings to viewer, bi_reader;
grant execute on function api.preview_silence(jsonb) to viewer, bi_reader;
grant execute on function
  api.create_silence(jsonb, timestamptz, text, timestamptz),
  api.create_maintenance_window(jsonb, text, time, interval, text, int[], int[], timestamptz, timestamptz),
  api.end_silence(bigint)
  to operator;
grant execute on function
  api.save_escalation_policy(jsonb, boolean), api.delete_escalation_policy(text),
  api.save_inhibition(text, jsonb, jsonb, text[], boolean, boolean), api.delete_inhibition(text),
  api.save_route(text, jsonb, text, int, text[], interval, interval, interval, boolean), api.delete_route(text),
  api.save_alert_settings(text, int, interval, int, interval, interval, boolean)
  to tenant_admin;

-- Channels and templates.
grant select on api.channels to viewer, bi_reader;
grant select on api.channel_settings, api.templates to tenant_admin;
grant execute on function
  api.save_channel(jsonb), api.enable_channel(text), api.disable_channel(text), api.delete_channel(text), api.test_channel(text, text),
  api.save_template(text, text, text, text, text), api.delete_template(text)
  to tenant_admin;

-- People and schedules.
grant select on api.people, api.schedules, api.schedule_layers, api.schedule_overrides, api.on_call_now, api.schedule_coverage
  to viewer, bi_reader;
grant select on api.contacts, api.unavailabilities to operator;
grant execute on function
  api.on_call(text, timestamptz),
  api.final_schedule(text, timestamptz, timestamptz),
  api.coverage(text, int),
  api.fairness(timestamptz, timestamptz, text)
  to viewer, bi_reader;
-- Each refuses whoever is neither the person nor has the role for it.
grant execute on function
  api.my_contacts(),
  api.save_contact_methods(text, jsonb, jsonb),
  api.add_unavailability(text, timestamptz, timestamptz, text),
  api.remove_unavailability(int)
  to viewer;
grant execute on function
  api.override_schedule(text, text, text, timestamptz, timestamptz, text, text),
  api.cancel_override(int)
  to operator;
grant execute on function
  api.save_person(text, text, text, text, text, boolean),
  api.delete_person(text),
  api.save_schedule(jsonb, timestamptz)
  to tenant_admin;

-- Rules.
grant select on api.rules to viewer, bi_reader;
grant execute on function api.try_rule(jsonb, timestamptz, timestamptz) to analyst;
grant execute on function api.save_rule(jsonb), api.delete_rule(text) to tenant_admin;

-- Logging in needs no token; nor does whoever has a link.
grant execute on function
  api.login(text, text, text, text), api.refresh(text), api.accept_invite(text, text, text), api.request_password_reset(text),
  api.reset_password(text, text), api.set_password_page(text), api.set_password(text, text, text)
  to anon, viewer;
-- About oneself.
grant execute on function
  api.me(), api.logout(), api.my_sessions(), api.revoke_session(uuid), api.switch_tenant(text), api.change_password(text, text),
  api.begin_totp(), api.confirm_totp(text), api.disable_totp(text, text)
  to viewer;
-- Users and keys.
grant select on api.users, api.api_keys to tenant_admin;
grant execute on function
  api.invite_user(text, text, text, text, text), api.set_user_role(text, text), api.deactivate_user(text), api.reactivate_user(text),
  api.end_user_sessions(text), api.create_api_key(text, text, text[], timestamptz), api.revoke_api_key(text)
  to tenant_admin;
-- What the tenant uses, and its SQL logins.
grant select on api.usage to viewer, bi_reader;
grant select on api.sql_logins to tenant_admin;
grant execute on function api.create_sql_login(text, text, timestamptz), api.drop_sql_login(text) to tenant_admin;

-- Tenants, for staff of the platform. Each looks whether they ask from the platform's own tenant.
grant select on api.tenants, api.tenant_exports, api.tenant_deletions to platform_admin;
grant execute on function
  api.create_tenant(text, text, text), api.suspend_tenant(text, text), api.resume_tenant(text), api.set_plan(text, text),
  api.request_tenant_export(text), api.delete_tenant(text, text)
  to platform_admin;

-- Personal data.
grant execute on function api.reveal_personal_data(text, text, text) to platform_admin;
grant execute on function api.export_person(text), api.erase_person(text), api.export_device(text), api.erase_device(text) to tenant_admin;
