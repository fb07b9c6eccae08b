grant select on api.devices, api.streams, api.profiles, api.readings, api.telemetry, api.latest, api.models, api.scores,
  api.anomalies, api.alerts, api.notifications, api.delivery_attempts, api.incidents, api.incident_events, api.escalation_policies, api.jobs, api.ingest_batches, api.sources, api.source_rejections, api.rollups,
  api.archives, api.archive_restores,
  api.silences, api.inhibitions, api.routes, api.alert_settings,
  api.retention_policies, api.retention_runs, api.legal_holds, api.compliance, api.storage
  to viewer, bi_reader;
grant select on api.audit_entries to tenant_admin;
grant select on api.profiles to vigil_api;
grant execute on function
  api.score(text, jsonb, timestamptz, text),
  api.explain(text, timestamptz, text, int),
  api.series(text, text, timestamptz, timestamptz, interval),
  api.export(text, text, int),
  api.preview_silence(jsonb)
  to viewer, bi_reader;
grant execute on function api.train_model(text, jsonb, jsonb) to analyst;
grant execute on function
  api.ingest(json),
  api.register_device(text, text, text, text, text, jsonb),
  api.create_profile(text, jsonb),
  api.acknowledge_anomaly(bigint, text),
  api.replay_notification(bigint),
  api.acknowledge_incident(bigint), api.snooze_incident(bigint, timestamptz), api.unsnooze_incident(bigint),
  api.resolve_incident(bigint, text), api.note_incident(bigint, text),
  api.create_silence(jsonb, timestamptz, text, timestamptz),
  api.create_maintenance_window(jsonb, text, time, interval, text, int[], int[], timestamptz, timestamptz),
  api.end_silence(bigint)
  to operator;
grant execute on function
  api.set_retention(text, interval, text, text, interval, interval),
  api.restore_archive(timestamptz, timestamptz, text, interval),
  api.reset_retention(text, text),
  api.save_escalation_policy(jsonb, boolean), api.delete_escalation_policy(text),
  api.save_inhibition(text, jsonb, jsonb, text[], boolean, boolean),
  api.delete_inhibition(text),
  api.save_route(text, jsonb, text, int, text[], interval, interval, interval, boolean),
  api.delete_route(text),
  api.save_alert_settings(text, int, interval, int, interval, interval)
  to tenant_admin;
-- Whoever has the link from a message; the token is the key.
grant execute on function api.acknowledge_link(text), api.acknowledge_by_link(text) to anon, viewer;

