create or replace function ops.tenants_for_staff()
returns table (
  tenant text, display_name text, plan text, active boolean, suspended_at timestamptz, suspended_because text, created_at timestamptz,
  devices bigint, users bigint, points_today bigint, storage_bytes bigint, alerts_today bigint, deletion text)
language plpgsql stable security definer rows 100
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  perform ops.refuse_but_staff();
  return query
  select t.name, t.display_name, t.plan_name, t.active, t.suspended_at, t.suspended_because, t.created_at,
    coalesce(u.devices, 0), coalesce(u.users, 0), case when u.is_today then u.points else 0 end, coalesce(u.storage_bytes, 0),
    case when u.is_today then u.alerts else 0 end, c.state
  from fleet.tenant t
  left join lateral (
    select x.devices, x.users, x.points, x.storage_bytes, x.alerts, x.day = (now() at time zone 'UTC')::date as is_today
    from ops.usage x
    where x.tenant_id = t.tenant_id
    order by x.day desc
    limit 1
  ) u on true
  left join ops.deletion_certificate c on c.tenant_id = t.tenant_id
  order by t.name;
end
$$;
comment on function ops.tenants_for_staff() is
'Every tenant with its state and what it uses. Owned by vigil_jobs; 42501 for whoever is not staff of the platform.';
