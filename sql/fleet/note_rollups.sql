create or replace function fleet.note_rollups(tenant int) returns void
language plpgsql
as $$
begin
  -- Nothing is summarised and nothing was written.
  if not exists (select from fleet.rollup_change c where c.tenant_id = tenant)
    and not exists (select from fleet.stream_rollup sr where sr.tenant_id = tenant)
    and not exists (select from fleet.rollup_due o where o.tenant_id = tenant) then
    return;
  end if;
  -- Whose rollup is switched off is decided anew when it is switched on again: what is written meanwhile is not noted.
  delete from fleet.stream_rollup sr
  using fleet.stream st
  where sr.tenant_id = tenant and st.tenant_id = tenant and st.stream_id = sr.stream_id
    and not exists (
      select from fleet.rollups_of(tenant) ro
      where ro.profile_id = st.profile_id and ro.bucket = sr.bucket and ro.enabled);
  delete from fleet.rollup_due o
  where o.tenant_id = tenant
    and not exists (
      select from fleet.stream_rollup sr
      where sr.tenant_id = tenant and sr.stream_id = o.stream_id and sr.bucket = o.bucket);
  if not exists (select from fleet.rollup_change c where c.tenant_id = tenant) then
    return;
  end if;
  perform fleet.decide_rollups(tenant);

  with taken as (
    delete from fleet.rollup_change c where c.tenant_id = tenant
    returning c.stream_id, c.from_ts, c.to_ts
  )
  insert into fleet.rollup_due (tenant_id, stream_id, bucket, ts)
  select distinct tenant, t.stream_id, sr.bucket, b.ts
  from taken t
  join fleet.stream_rollup sr on sr.tenant_id = tenant and sr.stream_id = t.stream_id and sr.made
  cross join lateral pg_catalog.generate_series(
    pg_catalog.date_bin(sr.bucket, t.from_ts, '2000-01-01 00:00:00+00'), t.to_ts, sr.bucket) as b (ts)
  on conflict (tenant_id, stream_id, bucket, ts) do nothing;
end
$$;
comment on function fleet.note_rollups(int) is
'The part of the rollups job that both engines share: forgets streams whose rollup was switched off, decides for those that began to write, and notes in fleet.rollup_due which buckets were written to.';
