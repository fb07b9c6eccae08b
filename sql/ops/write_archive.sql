create or replace function ops.write_archive(tenant int, archive bigint) returns bigint
language plpgsql
as $$
declare
  v_file ops.archive_manifest;
  v_contract jsonb;
  v_written record;
begin
  select m.* into v_file
  from ops.archive_manifest m
  where m.tenant_id = tenant and m.archive_id = archive and m.state = 'planned'
  for update;
  if not found then
    return null;
  end if;
  select pg_catalog.jsonb_build_object(
    'profile', p.name, 'sha256', pg_catalog.encode(p.contract_sha256, 'hex'),
    'metrics', (
      select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('name', k.name, 'unit', k.unit, 'kind', k.kind) order by k.position)
      from fleet.metric k where k.tenant_id = p.tenant_id and k.profile_id = p.profile_id))
  into v_contract
  from fleet.profile p
  where p.tenant_id = tenant and p.profile_id = v_file.profile_id;
  select pg_catalog.count(*) as row_count, pg_catalog.min(r.ts) as from_ts, pg_catalog.max(r.ts) as to_ts,
    pg_catalog.sum(ops.reading_hash(r.stream_id, r.ts, r.values)) as row_hash,
    vigil.parquet_agg(r.stream_id, r.external_id, r.ts, r.values, v_contract) as content
  into v_written
  from (
    -- Stream by stream, whatever the planner knows of a chunk that has just been filled.
    select s.stream_id, s.external_id, l.ts, l.values
    from (
      select st.stream_id, d.external_id
      from fleet.stream st
      join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id
      where st.tenant_id = tenant and st.stream_id = any (v_file.stream_ids)
      order by st.stream_id
    ) s
    cross join lateral (
      select x.ts, x.values
      from fleet.reading x
      where x.tenant_id = tenant and x.stream_id = s.stream_id and x.ts >= v_file.range_start and x.ts < v_file.range_end
      order by x.ts
    ) l
  ) r;
  if v_written.row_count = 0 then
    -- They went meanwhile; what was planned is not to be.
    update ops.archive_manifest m
    set state = 'removed', removed_at = pg_catalog.clock_timestamp()
    where m.tenant_id = tenant and m.archive_id = archive;
    return 0;
  end if;
  update ops.archive_manifest m
  set state = 'written', written_at = pg_catalog.clock_timestamp(), verified_at = null, checked_at = null, damage = null,
    row_count = v_written.row_count, from_ts = v_written.from_ts, to_ts = v_written.to_ts, row_hash = v_written.row_hash,
    profile_sha256 = v_contract ->> 'sha256', bytes = pg_catalog.octet_length(v_written.content),
    sha256 = vigil_platform.archive_write(m.path, v_written.content)
  where m.tenant_id = tenant and m.archive_id = archive;
  return v_written.row_count;
end
$$;
comment on function ops.write_archive(int, bigint) is
'Writes a planned file with the readings there are now and enters what it holds in ops.archive_manifest. Writing it again replaces the file. Returns how many rows; 0 when there is none any more and the plan is given up, null when the file is not planned (any more). 53100 when the disk is full, 55000 without a directory.';
