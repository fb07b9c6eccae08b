create or replace function ops.tenant_retention()
returns table (
  tenant text, object text, profile text, hot interval, warm interval, cold interval, enabled boolean, decided_by text, reason text,
  changed_at timestamptz, changed_by text, minimum interval, maximum interval, description text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select t.name, o.object, f.name, p.hot, p.warm, p.cold, p.enabled,
    case when p.tenant_id is null or not p.by_tenant then 'platform' else 'tenant' end,
    p.reason, p.changed_at, case when p.tenant_id is not null then p.changed_by end, o.minimum, o.maximum, o.description
  from ops.retention_object o
  cross join lateral ops.retention_scope(o.object) s
  join ops.retention_policy p on p.policy_id = s.policy_id
  join fleet.tenant t on t.tenant_id = s.tenant_id
  left join fleet.profile f on f.tenant_id = s.tenant_id and f.profile_id = s.profile_id
  where o.minimum is not null and s.tenant_id = (select auth.tenant_id())
    -- A profile is listed where it has a policy of its own.
    and (s.profile_id is null or p.profile_id is not null)
  order by o.position, f.name nulls first
$$;
comment on function ops.tenant_retention() is
'The policies that decide over what the session''s tenant has: its own, or those for all. Owned by vigil_jobs: the latter belong to no tenant.';
