grant usage on schema alerting to viewer, analyst, operator, tenant_admin, platform_admin, bi_reader, vigil_api, vigil_jobs, vigil_worker;
grant select on alerting.rule, alerting.alert to viewer, bi_reader, vigil_api;
grant update (state, acknowledged_at) on alerting.alert to vigil_api;
grant select, insert, update, delete on all tables in schema alerting to vigil_jobs;
grant execute on function alerting.notification_payload(int, bigint), alerting.raise_alerts(int), alerting.retry_delay(int),
  alerting.raise_condition(int, text, text, text), alerting.clear_condition(int, text) to vigil_jobs;
grant execute on function
  alerting.claim_notifications(text, int, interval),
  alerting.settle_notification(bigint, int, text, int, text, interval),
  alerting.release_notifications(text)
  to vigil_worker, vigil_jobs;
