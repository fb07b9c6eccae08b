create or replace function ops.storage_of(tenant int) returns bigint
language sql stable
as $$
  select (coalesce(m.bytes, 0)
    + coalesce(pg_catalog.round(p.points * coalesce(m.bytes_a_point, 16)), 0)
    + (select coalesce(pg_catalog.sum(a.bytes), 0) from ops.archive_manifest a
      where a.tenant_id = storage_of.tenant and a.state in ('written', 'verified', 'dropped', 'restored'))
    + (select coalesce(pg_catalog.sum(e.bytes), 0) from ops.tenant_export e where e.tenant_id = storage_of.tenant))::bigint
  from (
    select pg_catalog.max(s.measured_at) as measured_at, pg_catalog.sum(s.bytes) as bytes,
      pg_catalog.sum(s.bytes) filter (where s.object = 'readings')
        / nullif(pg_catalog.sum(s.point_count) filter (where s.object = 'readings'), 0) as bytes_a_point
    from ops.storage_sample s
    where s.tenant_id = storage_of.tenant
      and s.measured_at = (select pg_catalog.max(x.measured_at) from ops.storage_sample x where x.tenant_id = storage_of.tenant)
  ) m
  cross join lateral (
    select pg_catalog.sum(u.points) as points
    from ops.usage u
    where u.tenant_id = storage_of.tenant and u.day >= coalesce((m.measured_at at time zone 'UTC')::date, '-infinity')
  ) p
$$;
comment on function ops.storage_of(int) is
'Bytes that a tenant''s data take, files included: the last measurement of the job storage, plus the points that came since its day began at as many bytes a point as readings took then (16 where nothing was measured yet).';
