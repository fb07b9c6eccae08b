create or replace function fleet.rollups_of(tenant int)
returns table (profile_id int, bucket interval, retention interval, enabled boolean)
language sql stable
as $$
  select distinct on (p.profile_id, r.bucket) p.profile_id, r.bucket, r.retention, r.enabled
  from fleet.profile p
  join fleet.rollup r
    on (r.tenant_id = p.tenant_id or r.tenant_id is null) and (r.profile_id = p.profile_id or r.profile_id is null)
  where p.tenant_id = tenant
  order by p.profile_id, r.bucket, r.profile_id nulls last, r.tenant_id nulls last
$$;
comment on function fleet.rollups_of(int) is
'The rollup that counts for each of a tenant''s profiles and each bucket width, whether it is enabled or not.';
