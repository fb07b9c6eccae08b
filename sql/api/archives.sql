create or replace view api.archives with (security_invoker = true) as
select m.archive_id, p.name as profile, m.state, m.from_ts, m.to_ts, cardinality(m.stream_ids) as streams, m.row_count, m.bytes,
  m.sha256, m.verified_at, m.dropped_at, m.checked_at, m.damage
from ops.archive_manifest m
join fleet.profile p using (tenant_id, profile_id)
where m.state <> 'removed';
comment on view api.archives is
$$Files of readings that are past the hot tier
One row per file. Bring a range back with POST /rpc/restore_archive.$$;
comment on column api.archives.state is 'planned, written, verified: the readings are still in the database; dropped: they are in the file only; restored: a copy is back.';
comment on column api.archives.checked_at is 'When the file was last read whole and compared with its SHA-256.';
comment on column api.archives.damage is 'What was wrong with the file then; null: nothing.';
