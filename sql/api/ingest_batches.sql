create or replace view api.ingest_batches with (security_invoker = true) as
select b.batch_id, b.received_at, b.sent_by, b.correlation_id, b.idempotency_key, b.accepted, b.duplicates, b.rejected
from fleet.ingest_batch b;
comment on view api.ingest_batches is
$$Requests that stored readings
One row per POST /rpc/ingest of the last 7 days and how many of its readings were accepted, there already, and rejected.$$;
comment on column api.ingest_batches.sent_by is 'The subject of the sender''s token.';
comment on column api.ingest_batches.correlation_id is 'The request''s X-Correlation-ID, or the one that it was given in the answer.';
comment on column api.ingest_batches.idempotency_key is 'The request''s Idempotency-Key; its repeats have no row.';
