create or replace function ops.refuse_over_quota(tenant int, quota text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_plan text;
  v_max bigint;
  v_used bigint;
begin
  select q.plan, q.max into v_plan, v_max from ops.quotas_of(refuse_over_quota.tenant) q where q.quota = refuse_over_quota.quota;
  if v_max is null then
    return;
  end if;
  v_used := ops.used(refuse_over_quota.tenant, refuse_over_quota.quota);
  -- What is counted when it is there already may reach the limit; of the rest there is no more then.
  if v_used > v_max or v_used = v_max and refuse_over_quota.quota in ('points', 'storage') then
    if refuse_over_quota.quota = 'points' then
      raise sqlstate 'PT429' using
        message = format('the quota of points a day is used up: %s of %s (plan "%s")', v_used, v_max, v_plan),
        hint = 'The next day begins at 00:00 UTC; send again what was refused. A larger plan is the platform''s to give.';
    end if;
    raise sqlstate 'PT403' using
      message = format('the quota of %s is used up: %s of %s (plan "%s")', case refuse_over_quota.quota when 'storage' then 'bytes of storage'
        else refuse_over_quota.quota end, least(v_used, v_max), v_max, v_plan),
      hint = case refuse_over_quota.quota
        when 'devices' then 'Deactivate devices that are gone, or ask the platform for a larger plan.'
        when 'users' then 'Deactivate accounts that are no longer needed, or ask the platform for a larger plan.'
        else 'Shorten what is kept (POST /rpc/set_retention), or ask the platform for a larger plan.'
      end;
  end if;
end
$$;
comment on function ops.refuse_over_quota(int, text) is
'Refuses to let a tenant go beyond a quota: devices and users (call it when they are written: they are counted as they are), points and storage (call it before: by the counts of the last minute). PT403, for points PT429, saying what is used, the limit and the plan. Owned by vigil_jobs, since plans belong to no tenant.';
