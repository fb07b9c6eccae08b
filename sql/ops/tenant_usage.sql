create or replace function ops.tenant_usage()
returns table (tenant text, day date, quota text, used bigint, max bigint, percent numeric, plan text, counted_at timestamptz)
language sql stable security definer rows 500
set search_path = pg_catalog, pg_temp
as $$
  select t.name, u.day, q.quota, x.used, q.max, round(x.used * 100.0 / q.max, 1), q.plan, u.counted_at
  from ops.usage u
  join fleet.tenant t on t.tenant_id = u.tenant_id
  cross join ops.quotas_of((select auth.tenant_id())) q
  cross join lateral (
    select case q.quota when 'devices' then u.devices when 'users' then u.users when 'points' then u.points
      when 'storage' then u.storage_bytes else u.alerts end as used
  ) x
  where u.tenant_id = (select auth.tenant_id())
$$;
comment on function ops.tenant_usage() is
'What the session''s tenant used on each day, against what its plan allows now. max and percent are null where there is no limit. Owned by vigil_jobs: plans belong to no tenant.';
