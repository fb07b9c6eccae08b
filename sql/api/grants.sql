grant select on api.devices, api.streams, api.profiles, api.readings, api.telemetry, api.latest, api.models, api.scores,
  api.anomalies, api.alerts, api.jobs, api.ingest_batches, api.sources, api.source_rejections, api.rollups,
  api.archives, api.archive_restores,
  api.retention_policies, api.retention_runs, api.legal_holds, api.compliance, api.storage,
  api.people, api.schedules, api.schedule_layers, api.schedule_overrides, api.on_call_now, api.schedule_coverage
  to viewer, bi_reader;
grant select on api.contacts, api.unavailabilities to operator;
grant select on api.audit_entries to tenant_admin;
grant select on api.profiles to vigil_api;
grant execute on function
  api.score(text, jsonb, timestamptz, text),
  api.explain(text, timestamptz, text, int),
  api.series(text, text, timestamptz, timestamptz, interval),
  api.export(text, text, int),
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
grant execute on function api.train_model(text, jsonb, jsonb) to analyst;
grant execute on function
  api.ingest(json),
  api.register_device(text, text, text, text, text, jsonb),
  api.create_profile(text, jsonb),
  api.acknowledge_anomaly(bigint, text),
  api.override_schedule(text, text, text, timestamptz, timestamptz, text, text),
  api.cancel_override(int)
  to operator;
grant execute on function
  api.set_retention(text, interval, text, text, interval, interval),
  api.restore_archive(timestamptz, timestamptz, text, interval),
  api.reset_retention(text, text),
  api.save_person(text, text, text, text, text, boolean),
  api.delete_person(text),
  api.save_schedule(jsonb, timestamptz)
  to tenant_admin;
