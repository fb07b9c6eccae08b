create or replace function ops.rewrite_archive(archive ops.archive_manifest, without_streams int[]) returns bigint
language plpgsql
as $$
declare
  v_content bytea := vigil_platform.archive_read(archive.path);
  v_part int;
  v_path text;
  v_written record;
  v_archive_id bigint;
begin
  if pg_catalog.encode(pg_catalog.sha256(v_content), 'hex') <> archive.sha256 then
    raise exception using
      errcode = 'XX001',
      message = pg_catalog.format('archive %s is damaged', archive.archive_id),
      hint = 'Put back the file from a backup; GET /archives says which.';
  end if;
  select pg_catalog.max(m.part) + 1 into v_part
  from ops.archive_manifest m
  where m.tenant_id = archive.tenant_id and m.profile_id = archive.profile_id and m.range_start = archive.range_start;
  v_path := pg_catalog.format('readings/tenant=%s/profile=%s/%s/part-%s.parquet', archive.tenant_id, archive.profile_id,
    pg_catalog.to_char(archive.range_start at time zone 'UTC', 'YYYY-MM-DD"t"HH24MISS"z"'), v_part);
  select pg_catalog.count(*) as row_count, pg_catalog.min(r.ts) as from_ts, pg_catalog.max(r.ts) as to_ts,
    pg_catalog.sum(ops.reading_hash(r.stream_id, r.ts, r.values)) as row_hash,
    vigil.parquet_agg(r.stream_id, r.device, r.ts, r.values, c.contract) as content
  into v_written
  from (
    select x.stream_id, x.device, x.ts, x.values
    from vigil.parquet_rows(v_content) x
    where x.stream_id <> all (without_streams)
    order by x.stream_id, x.ts
  ) r
  cross join (
    select i.contract from vigil.parquet_info(v_content) i
  ) c;
  if v_written.row_count = 0 then
    return null;
  end if;
  insert into ops.archive_manifest (tenant_id, profile_id, policy_id, range_start, range_end, part, stream_ids, path, state, profile_sha256, sha256,
    bytes, row_count, row_hash, from_ts, to_ts, planned_at, written_at, verified_at, dropped_at, checked_at)
  values (archive.tenant_id, archive.profile_id, archive.policy_id, archive.range_start, archive.range_end, v_part,
    array(select s.stream_id from pg_catalog.unnest(archive.stream_ids) s (stream_id) where s.stream_id <> all (without_streams)), v_path,
    archive.state, archive.profile_sha256, vigil_platform.archive_write(v_path, v_written.content), pg_catalog.octet_length(v_written.content),
    v_written.row_count, v_written.row_hash, v_written.from_ts, v_written.to_ts, archive.planned_at, pg_catalog.clock_timestamp(),
    archive.verified_at, archive.dropped_at, pg_catalog.clock_timestamp())
  returning archive_id into v_archive_id;
  return v_archive_id;
end
$$;
comment on function ops.rewrite_archive(ops.archive_manifest, int[]) is
'Writes a file of the archive anew without some streams, beside the old one, which is the caller''s to give up. Returns its archive_id; null when nothing would be left. XX001 when the old one is damaged.';
