create or replace function ops.count_usage(tenant int) returns bigint
language plpgsql
as $$
declare
  v_today date := (pg_catalog.now() at time zone 'UTC')::date;
  v_rows bigint;
  v_quota record;
  v_key text;
begin
  with counted as (
    delete from ops.point_log l
    where l.tenant_id = tenant
    returning (l.at at time zone 'UTC')::date as day, l.points
  ),
  days as (
    select c.day, pg_catalog.sum(c.points) as points from counted c group by c.day
    union all
    select v_today, 0
  )
  insert into ops.usage as u (tenant_id, day, points, counted_at)
  select tenant, d.day, pg_catalog.sum(d.points), pg_catalog.clock_timestamp()
  from days d
  group by d.day
  on conflict (tenant_id, day) do update
  set points = u.points + excluded.points, counted_at = excluded.counted_at;
  get diagnostics v_rows = row_count;
  update ops.usage u
  set devices = ops.used(tenant, 'devices'), users = ops.used(tenant, 'users'), alerts = ops.used(tenant, 'alerts'),
    storage_bytes = ops.storage_of(tenant)
  where u.tenant_id = tenant and u.day = v_today;
  -- What was raised between the last count of a day and its end.
  update ops.usage u
  set alerts = c.alerts
  from (
    select pg_catalog.count(*) as alerts from alerting.alert al
    where al.tenant_id = tenant and al.raised_at >= pg_catalog.date_trunc('day', pg_catalog.now(), 'UTC') - interval '1 day'
      and al.raised_at < pg_catalog.date_trunc('day', pg_catalog.now(), 'UTC') and al.dedup_key not like 'quota/%'
  ) c
  where u.tenant_id = tenant and u.day = v_today - 1 and u.alerts < c.alerts;

  for v_quota in
    select q.quota, q.max, q.plan, x.used, x.used * 100.0 / q.max as percent
    from ops.quotas_of(tenant) q
    join ops.usage u on u.tenant_id = tenant and u.day = v_today
    cross join lateral (
      select case q.quota when 'devices' then u.devices when 'users' then u.users when 'points' then u.points
        when 'storage' then u.storage_bytes else u.alerts end as used
    ) x
    order by q.quota
  loop
    v_key := 'quota/' || v_quota.quota;
    if v_quota.percent >= 80 then
      perform alerting.raise_condition(tenant, v_key, case when v_quota.percent >= 100 then 'high' else 'medium' end,
        pg_catalog.format(case when v_quota.percent >= 100 then 'The quota of %s is used up: %s of %s (plan "%s")'
          else 'The quota of %s is at 80 %% or more: %s of %s (plan "%s")' end,
          case v_quota.quota when 'points' then 'points a day' when 'alerts' then 'alerts a day, and those beyond are told to nobody'
            when 'storage' then 'bytes of storage' else v_quota.quota end,
          v_quota.used, v_quota.max, v_quota.plan));
    else
      perform alerting.clear_condition(tenant, v_key);
    end if;
  end loop;
  return v_rows;
end
$$;
comment on function ops.count_usage(int) is
'Counts what a tenant uses into the day''s row of ops.usage, and raises an alert (quota/devices, quota/users, quota/points, quota/storage, quota/alerts) while 80 % of a quota are used, of severity medium, high from 100 % on. Returns how many days have changed.';
