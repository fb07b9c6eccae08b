grant select on api.devices, api.streams, api.profiles, api.readings, api.telemetry, api.latest, api.models, api.scores,
  api.anomalies, api.alerts, api.jobs, api.ingest_batches, api.sources, api.source_rejections, api.rollups,
  api.archives, api.archive_restores,
  api.silences, api.inhibitions, api.routes, api.alert_settings, api.channels,
  api.retention_policies, api.retention_runs, api.legal_holds, api.compliance, api.storage
  to viewer, bi_reader;
grant select on api.audit_entries, api.channel_settings, api.templates to tenant_admin;
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
  api.create_silence(jsonb, timestamptz, text, timestamptz),
  api.create_maintenance_window(jsonb, text, time, interval, text, int[], int[], timestamptz, timestamptz),
  api.end_silence(bigint)
  to operator;
grant execute on function
  api.set_retention(text, interval, text, text, interval, interval),
  api.restore_archive(timestamptz, timestamptz, text, interval),
  api.reset_retention(text, text),
  api.save_inhibition(text, jsonb, jsonb, text[], boolean, boolean),
  api.delete_inhibition(text),
  api.save_route(text, jsonb, text, int, text[], interval, interval, interval, boolean),
  api.delete_route(text),
  api.save_alert_settings(text, int, interval, int, interval, interval),
  api.save_channel(jsonb),
  api.enable_channel(text),
  api.disable_channel(text),
  api.delete_channel(text),
  api.test_channel(text, text),
  api.save_template(text, text, text, text, text),
  api.delete_template(text)
  to tenant_admin;
