create or replace function ops.set_retention(
  object text, profile text, hot interval, reason text, warm interval, cold interval
) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_profile_id int := ops.retention_profile(object, profile);
  v_object ops.retention_object;
begin
  select o.* into v_object from ops.retention_object o where o.object = set_retention.object;
  if coalesce(hot < v_object.minimum or hot > v_object.maximum, true) then
    raise exception using
      errcode = '22023',
      message = format('%s are kept for %s to %s', v_object.object, v_object.minimum, v_object.maximum),
      hint = 'Choose an interval between these, such as "60 days". Beyond them a DBA decides.';
  end if;
  if (warm is not null or cold is not null) and v_object.object <> 'readings' then
    raise exception using
      errcode = '22023',
      message = format('%s have no warm and no cold tier', v_object.object),
      hint = 'Leave warm and cold out; readings have them.';
  end if;
  if warm < interval '1 day' or cold < interval '1 day' or hot + greatest(warm, cold) > v_object.maximum then
    raise exception using
      errcode = '22023',
      message = format('warm and cold are at least a day, and with hot at most %s', v_object.maximum),
      hint = 'Choose shorter tiers, or leave them out. Beyond the limits a DBA decides.';
  end if;
  insert into ops.retention_policy as p (tenant_id, profile_id, object, hot, warm, cold, reason, by_tenant, changed_by)
  values (v_tenant_id, v_profile_id, set_retention.object, set_retention.hot, set_retention.warm, set_retention.cold,
    coalesce(set_retention.reason, 'chosen by the tenant'), true, auth.subject())
  on conflict on constraint retention_policy_one_per_scope do update
  set hot = excluded.hot, warm = excluded.warm, cold = excluded.cold, reason = excluded.reason, changed_by = excluded.changed_by, changed_at = now()
  where p.by_tenant;
  if not found then
    perform ops.refuse_policy(set_retention.object);
  end if;
exception
  when check_violation then
    raise exception using
      errcode = '22023',
      message = 'the reason is empty or longer than 1000 characters',
      hint = 'Say in a sentence why, or leave it out.';
end
$$;
comment on function ops.set_retention(text, text, interval, text, interval, interval) is
'Sets how long an object of the session''s tenant is kept, for one profile or (null) for all that have no policy of their own. Owned by vigil_jobs, which sees the limits; the tenant is the session''s and no other. 22023 outside the limits, 42704 for unknown names, 42501 for a policy that a DBA set.';
