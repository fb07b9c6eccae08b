create or replace function alerting.run_timers(tenant int) returns bigint
language plpgsql
as $$
declare
  v_now timestamptz := pg_catalog.clock_timestamp();
  v_timer alerting.timer;
  v_id bigint;
  v_is_silenced boolean;
  v_done bigint := 0;
begin
  for v_id in
    select t.incident_id
    from alerting.timer t
    where t.tenant_id = tenant and t.due_at <= v_now
    group by t.incident_id
    order by min(t.due_at)
    limit 2000
  loop
    -- The incident before its timers, as everybody locks who changes it; one that is being changed has its turn the next time.
    perform from alerting.incident i
    where i.tenant_id = tenant and i.incident_id = v_id
    for update skip locked;
    if not found then
      continue;
    end if;
    v_is_silenced := alerting.is_silenced(tenant, v_id);
    -- What a timer sets for now is done in the same run. No timer sets itself for now.
    loop
      delete from alerting.timer t
      where (t.tenant_id, t.incident_id, t.kind, t.key) in (
        select d.tenant_id, d.incident_id, d.kind, d.key
        from alerting.timer d
        where d.tenant_id = tenant and d.incident_id = v_id and d.due_at <= pg_catalog.clock_timestamp()
        order by d.due_at, d.kind, d.key
        limit 1)
      returning t.* into v_timer;
      exit when not found;
      if v_is_silenced and v_timer.kind not in ('unsnooze', 'unacknowledge', 'auto_resolve') then
        insert into alerting.timer (tenant_id, incident_id, kind, key, due_at, detail)
        values (tenant, v_id, v_timer.kind, v_timer.key, pg_catalog.clock_timestamp() + interval '15 seconds', v_timer.detail)
        on conflict (tenant_id, incident_id, kind, key) do nothing;
        continue;
      end if;
      perform alerting.run_timer(v_timer);
      v_done := v_done + 1;
    end loop;
  end loop;
  return v_done;
end
$$;
comment on function alerting.run_timers(int) is
'Does what is due for the incidents of a tenant: each timer is claimed, done and deleted in this transaction. While a silence covers an incident, what would tell somebody is put off by 15 seconds at a time. Returns how many timers were done.';
