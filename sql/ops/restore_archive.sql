create or replace function ops.restore_archive(
  tenant int, from_ts timestamptz, to_ts timestamptz, device text default null, keep interval default '7 days',
  restored_by text default session_user
) returns ops.archive_restore
language plpgsql
as $$
#variable_conflict use_column
declare
  -- What one transaction brings back in a minute or two.
  c_most constant bigint := 10000000;
  v_device_id int;
  v_streams int[];
  v_file record;
  v_content bytea;
  v_files int := 0;
  v_rows bigint;
  v_all bigint := 0;
  v_restore ops.archive_restore;
begin
  if not coalesce(pg_catalog.isfinite(restore_archive.from_ts) and pg_catalog.isfinite(restore_archive.to_ts)
    and restore_archive.from_ts < restore_archive.to_ts, false) then
    raise exception using
      errcode = '22023',
      message = 'from must be before to, and both finite',
      hint = 'Give both as ISO 8601 timestamps.';
  end if;
  if coalesce(keep not between interval '1 hour' and interval '90 days', true) then
    raise exception using
      errcode = '22023',
      message = 'restored readings are kept for 1 hour to 90 days',
      hint = 'Choose an interval between these, such as "7 days", and restore them again when it is over.';
  end if;
  if device is not null then
    select d.device_id into v_device_id
    from fleet.device d
    where d.tenant_id = tenant and d.external_id = restore_archive.device;
    if not found then
      raise exception using
        errcode = '42704',
        message = pg_catalog.format('device "%s" does not exist', pg_catalog.left(restore_archive.device, 200)),
        hint = 'GET /devices lists the devices.';
    end if;
  end if;
  select pg_catalog.sum(m.row_count) into v_rows
  from ops.archive_manifest m
  where m.tenant_id = restore_archive.tenant and m.state in ('dropped', 'restored')
    and m.from_ts < restore_archive.to_ts and m.to_ts >= restore_archive.from_ts;
  if v_rows > c_most then
    raise exception using
      errcode = '54000',
      message = pg_catalog.format('the archives of that time hold %s readings', v_rows),
      hint = pg_catalog.format('Restore a shorter range: the archives of at most %s readings at once.', c_most);
  end if;
  v_streams := array(
    select st.stream_id from fleet.stream st
    where st.tenant_id = tenant and (v_device_id is null or st.device_id = v_device_id));
  -- One at a time, and none while copies expire.
  lock table ops.archive_restore in share row exclusive mode;
  -- Later files last: a late reading adds to what was archived of its instant before.
  for v_file in
    select m.archive_id, m.path, m.sha256
    from ops.archive_manifest m
    where m.tenant_id = restore_archive.tenant and m.state in ('dropped', 'restored')
      and m.from_ts < restore_archive.to_ts and m.to_ts >= restore_archive.from_ts and m.stream_ids && v_streams
    order by m.range_start, m.archive_id
    for update
  loop
    v_content := vigil_platform.archive_read(v_file.path);
    if pg_catalog.encode(pg_catalog.sha256(v_content), 'hex') <> v_file.sha256 then
      raise exception using
        errcode = 'XX001',
        message = pg_catalog.format('archive %s is damaged', v_file.archive_id),
        hint = 'Nothing was restored. Put back the file from a backup; GET /archives says which.';
    end if;
    insert into fleet.restored_reading as x (tenant_id, stream_id, ts, values)
    select restore_archive.tenant, r.stream_id, r.ts, r.values
    from vigil.parquet_rows(v_content) r
    where r.ts >= restore_archive.from_ts and r.ts < restore_archive.to_ts and r.stream_id = any (v_streams)
    on conflict (tenant_id, stream_id, ts) do update
    set values = vigil.merge_values(x.values, excluded.values);
    get diagnostics v_rows = row_count;
    update ops.archive_manifest m set state = 'restored' where m.tenant_id = tenant and m.archive_id = v_file.archive_id;
    v_files := v_files + 1;
    v_all := v_all + v_rows;
  end loop;
  if v_files = 0 then
    raise exception using
      errcode = '42704',
      message = 'no archive has readings of that time',
      hint = 'GET /archives lists the archives. What is newer is still in the database.';
  end if;
  -- A reading that came late, and may be coming now, is in the hypertable: it gets what was archived of its instant.
  lock table only fleet.reading in share row exclusive mode;
  with copy as (
    delete from fleet.restored_reading x
    using fleet.reading h
    where x.tenant_id = restore_archive.tenant and x.ts >= restore_archive.from_ts and x.ts < restore_archive.to_ts
      and h.tenant_id = x.tenant_id and h.stream_id = x.stream_id and h.ts = x.ts
      and h.ts >= restore_archive.from_ts and h.ts < restore_archive.to_ts
    returning x.stream_id, x.ts, x.values
  )
  update fleet.reading h
  set values = vigil.merge_values(c.values, h.values)
  from copy c
  where h.tenant_id = restore_archive.tenant and h.stream_id = c.stream_id and h.ts = c.ts
    and h.ts >= restore_archive.from_ts and h.ts < restore_archive.to_ts;
  insert into ops.archive_restore as x (tenant_id, device_id, from_ts, to_ts, row_count, restored_by, expires_at)
  values (tenant, v_device_id, restore_archive.from_ts, restore_archive.to_ts, v_all, restore_archive.restored_by,
    pg_catalog.now() + keep)
  returning x.* into v_restore;
  return v_restore;
end
$$;
comment on function ops.restore_archive(int, timestamptz, timestamptz, text, interval, text) is
'Brings archived readings of a tenant back, from inclusive, to exclusive, of one device or all, for as long as keep; the views of readings then have them. Doing it again changes nothing but how long. Returns what was brought back. 22023 for a range or time that is not usable, 42704 for an unknown device or where no archive has such readings, 54000 for too much at once, XX001 and nothing restored when a file is damaged, 58P01 when it is missing.';
