create or replace function ops.expire_restores() returns bigint
language plpgsql
as $$
declare
  v_removed bigint;
begin
  -- A restore that is under way would lose what it brings back for the second time.
  lock table ops.archive_restore in share row exclusive mode;
  delete from ops.archive_restore x where x.expires_at <= pg_catalog.clock_timestamp();
  if not found then
    return 0;
  end if;
  delete from fleet.restored_reading r
  using fleet.stream st
  where st.tenant_id = r.tenant_id and st.stream_id = r.stream_id
    and not exists (
      select from ops.archive_restore x
      where x.tenant_id = r.tenant_id and (x.device_id is null or x.device_id = st.device_id)
        and r.ts >= x.from_ts and r.ts < x.to_ts);
  get diagnostics v_removed = row_count;
  update ops.archive_manifest m
  set state = 'dropped'
  where m.state = 'restored' and not exists (
    select from ops.archive_restore x
    where x.tenant_id = m.tenant_id and x.from_ts <= m.to_ts and x.to_ts > m.from_ts);
  return v_removed;
end
$$;
comment on function ops.expire_restores() is
'Removes the copies of archived readings whose time is over; the files stay. Returns how many rows.';
