create or replace function ops.used(tenant int, quota text) returns bigint
language sql stable
as $$
  select case quota
    when 'devices' then (select pg_catalog.count(*) from fleet.device d where d.tenant_id = tenant and d.active)
    when 'users' then (select pg_catalog.count(*) from auth.membership m where m.tenant_id = tenant and m.active)
    when 'storage' then coalesce((select u.storage_bytes from ops.usage u where u.tenant_id = tenant order by u.day desc limit 1), 0)
    when 'points' then coalesce((
      select u.points from ops.usage u where u.tenant_id = tenant and u.day = (pg_catalog.now() at time zone 'UTC')::date), 0)
    when 'alerts' then ops.alerts_on(tenant, (pg_catalog.now() at time zone 'UTC')::date)
  end
$$;
comment on function ops.used(int, text) is
'How much of a quota a tenant uses: devices, users and the day''s alerts as they are, the day''s points and storage as the job usage counted them last.';
