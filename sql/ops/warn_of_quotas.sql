create or replace function ops.warn_of_quotas(tenant int) returns void
language plpgsql
as $$
declare
  v_quota record;
  v_key text;
begin
  for v_quota in
    select q.quota, q.used, q.max, q.plan, q.is_used_up from ops.quotas_reached(tenant) q order by q.quota
  loop
    perform alerting.raise_condition(tenant, 'quota/' || v_quota.quota, case when v_quota.is_used_up then 'high' else 'medium' end,
      pg_catalog.format(case when v_quota.is_used_up then 'The quota of %s is used up: %s of %s (plan "%s")'
        else 'The quota of %s is at 80 %% or more: %s of %s (plan "%s")' end,
        case v_quota.quota when 'points' then 'points a day' when 'alerts' then 'alerts a day, and those beyond are told to nobody'
          when 'storage' then 'bytes of storage' else v_quota.quota end,
        v_quota.used, v_quota.max, v_quota.plan));
  end loop;
  for v_key in
    select al.dedup_key
    from alerting.alert al
    where al.tenant_id = tenant and al.dedup_key like 'quota/%' and al.state = 'open'
      and al.dedup_key not in (select 'quota/' || q.quota from ops.quotas_reached(tenant) q)
    order by al.dedup_key
  loop
    perform alerting.clear_condition(tenant, v_key);
  end loop;
end
$$;
comment on function ops.warn_of_quotas(int) is
'Raises an alert (quota/devices, quota/users, quota/points, quota/storage, quota/alerts) while 80 % of a quota are used, of severity medium, high from 100 % on, as counted last.';
