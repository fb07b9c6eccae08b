grant usage on schema detect to viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs;
grant select on detect.feature_set, detect.feature, detect.policy to viewer, bi_reader, vigil_api;
-- Not the explanation, which may have a personal metric in it: api.anomalies shows what each role may see.
grant select on detect.anomaly to vigil_api;
grant select (tenant_id, anomaly_id, stream_id, model_id, state, severity, started_at, ended_at, points, peak_score, peak_at, acknowledged_at,
  acknowledged_by, note, alert_pending, created_at, updated_at) on detect.anomaly to viewer, bi_reader;
-- The model's bytes stay inside: they are of no use to a reader and are read by scoring alone.
grant select (
  tenant_id, model_id, profile_id, feature_set_id, feature_set_sha256, scope, stream_id, device_model, site_id, status,
  seed, options, trained_from, trained_to, row_count, score_quantiles, thresholds, feature_low, feature_median, feature_high,
  trained_at, trained_by, training_time
) on detect.model to viewer, bi_reader;
grant select, insert, update on detect.model, detect.feature_set to vigil_api;
grant insert on detect.feature to vigil_api;
grant select, insert, update on detect.policy to vigil_api;
grant update (acknowledged_at, acknowledged_by, note, updated_at) on detect.anomaly to vigil_api;
-- Hypertables and logs: no grant to any request or BI role, since grants are copied to chunks and policies are not.
grant select, insert, update on detect.device_feature to vigil_api;
grant select on detect.score to vigil_api;
grant select, insert, delete on detect.feature_change to vigil_api;
grant select, insert, update, delete on all tables in schema detect to vigil_jobs;
grant execute on all functions in schema detect to vigil_jobs;
-- What requests reach through the functions of the API; the steps of the pipeline are the jobs' alone.
grant execute on function
  detect.active_model(int, int), detect.contributions(int, int, float8[], int), detect.explanation(int, int, float8[]),
  detect.find_stream(int, text, text), detect.severity(float8, float8[]), detect.severity_rank(text),
  detect.vector_at(int, int, int, timestamptz, float8[]), detect.define_features(int, int, jsonb),
  detect.train(int, int, text, text, jsonb), detect.compute_features(int),
  detect.write_features(int, int, interval[], int[], timestamptz[], timestamptz[], timestamptz, timestamptz)
  to vigil_api;
grant execute on function detect.severity(float8, float8[]), detect.severity_rank(text) to viewer, bi_reader;
