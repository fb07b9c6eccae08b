create or replace view api.sources with (security_invoker = true) as
select s.name as source, p.name as profile, s.enabled, s.watermark, pg_catalog.now() - s.watermark as lag, s.caught_up_at,
  s.rows_accepted, s.rows_rejected, s.last_run_at, s.last_error_code, s.last_error_at, s.backfill_ts as backfill_at, s.backfill_to
from fleet.source s
join fleet.profile p using (tenant_id, profile_id);
comment on view api.sources is
$$Databases that readings are pulled from
One row per source that a DBA set up, and how far it is.$$;
comment on column api.sources.watermark is 'Time of the newest reading pulled.';
comment on column api.sources.lag is 'Age of the watermark: how far behind now the newest reading is.';
comment on column api.sources.caught_up_at is 'When the source last had nothing newer.';
comment on column api.sources.rows_accepted is 'Readings that were new or changed something.';
comment on column api.sources.rows_rejected is 'Rows that were refused; GET /source_rejections says why.';
comment on column api.sources.last_error_code is 'SQLSTATE of why the last run failed; null when it did not. A DBA knows more.';
comment on column api.sources.backfill_at is 'How far the backfill of a range is, null when there is none.';
