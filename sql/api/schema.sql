comment on schema api is
$$Vigil
Anomaly detection and alerting for device fleets, inside Postgres. Send readings with POST /rpc/ingest, read what was found at GET /anomalies and what people are told of at GET /incidents. Every answer is confined to the tenant of the token. Procedures that write take an Idempotency-Key: a repeat within 24 hours is answered as before and does nothing.$$;

grant usage on schema api to anon, viewer, analyst, operator, tenant_admin, platform_admin, bi_reader;
