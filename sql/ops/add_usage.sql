create or replace function ops.add_usage(tenants int[]) returns bigint
language plpgsql
as $$
declare
  v_today date := (pg_catalog.now() at time zone 'UTC')::date;
  v_days bigint;
begin
  with counted as (
    delete from ops.point_log l
    where l.tenant_id = any (tenants)
    returning l.tenant_id, (l.at at time zone 'UTC')::date as day, l.points
  ),
  days as (
    select c.tenant_id, c.day, c.points from counted c
    union all
    select t, v_today, 0 from pg_catalog.unnest(tenants) t
  )
  insert into ops.usage as u (tenant_id, day, points, counted_at)
  select d.tenant_id, d.day, pg_catalog.sum(d.points), pg_catalog.clock_timestamp()
  from days d
  group by d.tenant_id, d.day
  on conflict (tenant_id, day) do update
  set points = u.points + excluded.points, counted_at = excluded.counted_at;
  get diagnostics v_days = row_count;
  update ops.usage u
  set devices = ops.used(u.tenant_id, 'devices'), users = ops.used(u.tenant_id, 'users'), alerts = ops.alerts_on(u.tenant_id, v_today),
    storage_bytes = ops.storage_of(u.tenant_id)
  where u.tenant_id = any (tenants) and u.day = v_today;
  -- What was raised between the last count of a day and its end, also by a transaction that ended later.
  update ops.usage u
  set alerts = ops.alerts_on(u.tenant_id, u.day), counted_at = pg_catalog.clock_timestamp()
  where u.tenant_id = any (tenants) and u.day = v_today - 1
    and u.counted_at < pg_catalog.date_trunc('day', pg_catalog.now(), 'UTC') + interval '1 hour';
  return v_days;
end
$$;
comment on function ops.add_usage(int[]) is
'Counts what tenants use into the day''s rows of ops.usage. Returns how many rows have changed. At one time for many: a call for each would take longer than the counting.';
