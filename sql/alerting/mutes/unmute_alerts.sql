create or replace function alerting.unmute_alerts(tenant int) returns int
language plpgsql
as $$
declare
  v_now timestamptz := pg_catalog.now();
  v_unmuted int;
begin
  -- "not in" a query is looked up in a hash, whatever the planner expects of the numbers.
  update alerting.alert al
  set muted_by = null, muted_id = null
  where al.tenant_id = unmute_alerts.tenant and al.state = 'open' and al.muted_by is not null
    and case al.muted_by
      when 'silence' then al.muted_id not in (
        select s.silence_id
        from alerting.silence s
        where s.tenant_id = unmute_alerts.tenant and s.starts_at <= v_now and s.ends_at > v_now and alerting.silence_active_at(s, v_now))
      -- The day that it was too many on is over.
      when 'quota' then al.muted_id < (v_now at time zone 'UTC')::date - date '2000-01-01'
      else al.muted_id not in (
        select s.alert_id from alerting.alert s where s.tenant_id = unmute_alerts.tenant and s.state = 'open')
    end;
  get diagnostics v_unmuted = row_count;
  return v_unmuted;
end
$$;
comment on function alerting.unmute_alerts(int) is
'Takes the mark off open alerts whose silence is no longer in force or whose inhibiting alert is resolved, or whose quota begins anew with the day, and returns how many. Those without an incident are then grouped as new ones are, and marked again if something else mutes them.';
