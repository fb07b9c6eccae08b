create or replace function ops.quotas_reached(tenant int) returns table (quota text, used bigint, max bigint, plan text, is_used_up boolean)
language sql stable rows 5
as $$
  select q.quota, x.used, q.max, q.plan, x.used >= q.max
  from ops.quotas_of(quotas_reached.tenant) q
  join ops.usage u on u.tenant_id = quotas_reached.tenant and u.day = (pg_catalog.now() at time zone 'UTC')::date
  cross join lateral (
    select case q.quota when 'devices' then u.devices when 'users' then u.users when 'points' then u.points
      when 'storage' then u.storage_bytes else u.alerts end as used
  ) x
  where x.used >= 0.8 * q.max
$$;
comment on function ops.quotas_reached(int) is
'Of which quotas a tenant uses 80 % or more, as counted last.';
