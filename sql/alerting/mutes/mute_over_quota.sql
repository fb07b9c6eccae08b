create or replace function alerting.mute_over_quota(tenant int, alert_ids bigint[]) returns int
language plpgsql
as $$
declare
  v_max bigint := (select q.max from ops.quotas_of(tenant) q where q.quota = 'alerts');
  v_room bigint;
  v_muted int;
begin
  if v_max is null then
    return 0;
  end if;
  -- Those that are raised today and have their place.
  v_room := v_max - (
    select pg_catalog.count(*)
    from alerting.alert al
    where al.tenant_id = mute_over_quota.tenant and al.raised_at >= pg_catalog.date_trunc('day', pg_catalog.now(), 'UTC')
      and al.muted_by is distinct from 'quota' and al.dedup_key not like 'quota/%' and al.alert_id <> all (alert_ids));
  update alerting.alert al
  set muted_by = 'quota', muted_id = (pg_catalog.now() at time zone 'UTC')::date - date '2000-01-01'
  from (
    select x.alert_id
    from alerting.alert x
    where x.tenant_id = mute_over_quota.tenant and x.alert_id = any (alert_ids) and x.state = 'open' and x.muted_by is null
      -- What says that the quota is used up is always told.
      and x.dedup_key not like 'quota/%'
    order by detect.severity_rank(x.severity) desc, x.alert_id
    offset greatest(v_room, 0)
  ) beyond
  where al.tenant_id = mute_over_quota.tenant and al.alert_id = beyond.alert_id;
  get diagnostics v_muted = row_count;
  return v_muted;
end
$$;
comment on function alerting.mute_over_quota(int, bigint[]) is
'Marks those of the new alerts that are beyond the quota of alerts a day, the least severe first: they are raised, and nobody is told; the alert quota/alerts says so once. muted_id is the day, counted from 2000-01-01 UTC. What is still open the next day has its turn then. Returns how many.';
