-- $1 owner text, $2 number of rows int4, $3 lease in seconds float8
select
  notification_id,
  attempt,
  message_id,
  kind,
  purpose,
  config,
  address,
  secret_ref,
  payload,
  template,
  language,
  allow_http,
  thread_id,
  link_token,
  -- Both ends of the age come from the database's clock; the worker's clock may be wrong.
  extract(epoch from pg_catalog.clock_timestamp() - created_at)::float8 as age_seconds,
  extract(epoch from pg_catalog.clock_timestamp())::float8 as now_seconds
from alerting.claim_notifications($1, $2, pg_catalog.make_interval(secs => $3));
