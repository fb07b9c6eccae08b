create or replace function fleet.expire_rollups() returns bigint
language plpgsql
as $$
declare
  v_removed bigint;
begin
  delete from fleet.reading_rollup k
  using fleet.tenant t
  cross join lateral fleet.rollups_of(t.tenant_id) ro
  join fleet.stream st on st.tenant_id = t.tenant_id and st.profile_id = ro.profile_id
  left join ops.retention_scope('readings') s on s.tenant_id = t.tenant_id and s.profile_id = ro.profile_id
  where k.tenant_id = st.tenant_id and k.stream_id = st.stream_id and k.bucket = ro.bucket
    and k.ts + k.bucket < coalesce(pg_catalog.now() - ro.retention, s.summaries_before);
  get diagnostics v_removed = row_count;
  return v_removed;
end
$$;
comment on function fleet.expire_rollups() is
'Removes the buckets of all tenants that ended longer ago than their rollup is kept, or than the policy over readings keeps summaries. Returns how many.';
