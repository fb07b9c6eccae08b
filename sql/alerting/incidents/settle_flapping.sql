create or replace function alerting.settle_flapping(tenant int) returns int
language plpgsql
as $$
declare
  v_now timestamptz := pg_catalog.clock_timestamp();
  v_setting alerting.setting := alerting.setting_of(tenant);
  v_ended int;
  v_incidents bigint[];
begin
  with ended as (
    update alerting.alert al
    set state = 'resolved', resolved_at = v_now, quiet_since = null, muted_by = null, muted_id = null
    where al.tenant_id = tenant and al.quiet_since <= v_now - v_setting.flap_within / v_setting.flap_count
    returning al.incident_id
  )
  select pg_catalog.count(*)::int, pg_catalog.array_agg(distinct e.incident_id) filter (where e.incident_id is not null)
  into v_ended, v_incidents
  from ended e;
  perform alerting.refresh_incidents(tenant, v_incidents);
  return v_ended;
end
$$;
comment on function alerting.settle_flapping(int) is
'Ends flapping alerts whose condition has not come back for flap_within / flap_count. Returns how many.';
