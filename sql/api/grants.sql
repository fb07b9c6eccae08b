grant select on api.devices, api.streams, api.profiles, api.readings, api.telemetry, api.latest, api.models, api.scores,
  api.anomalies, api.alerts, api.incidents, api.incident_events, api.escalation_policies, api.rules, api.jobs, api.ingest_batches, api.sources, api.source_rejections, api.rollups,
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
grant execute on function api.train_model(text, jsonb, jsonb), api.try_rule(jsonb, timestamptz, timestamptz) to analyst;
grant execute on function
  api.ingest(json),
  api.register_device(text, text, text, text, text, jsonb),
  api.create_profile(text, jsonb),
  api.acknowledge_anomaly(bigint, text),
  api.acknowledge_incident(bigint), api.snooze_incident(bigint, timestamptz), api.unsnooze_incident(bigint),
  api.resolve_incident(bigint, text), api.note_incident(bigint, text)
  to operator;
grant execute on function
  api.set_retention(text, interval, text, text, interval, interval),
  api.restore_archive(timestamptz, timestamptz, text, interval),
  api.reset_retention(text, text),
  api.save_rule(jsonb), api.delete_rule(text),
  api.save_escalation_policy(jsonb, boolean), api.delete_escalation_policy(text)
  to tenant_admin;
-- Whoever has the link from a message; the token is the key.
grant execute on function api.acknowledge_link(text), api.acknowledge_by_link(text) to anon, viewer;

