create or replace function ops.quotas_of(tenant int) returns table (quota text, max bigint, plan text)
language sql stable rows 5
as $$
  select q.quota, q.max, p.plan_name
  from fleet.tenant t
  join ops.plan p on p.plan_name = t.plan_name
  cross join lateral (
    values ('devices', p.max_devices), ('users', p.max_users), ('points', p.max_points_a_day),
      ('storage', coalesce(t.storage_quota, p.max_storage_bytes)), ('alerts', p.max_alerts_a_day)
  ) q (quota, max)
  where t.tenant_id = quotas_of.tenant
$$;
comment on function ops.quotas_of(int) is
'What a tenant may use under its plan: devices, users, points a day, storage in bytes, alerts a day. max null: no limit.';
