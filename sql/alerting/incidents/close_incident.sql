create or replace function alerting.close_incident(tenant int, incident bigint, actor text, note text) returns void
language plpgsql
as $$
declare
  v_triggered_at timestamptz;
begin
  update alerting.incident i
  set state = 'resolved', resolved_at = pg_catalog.clock_timestamp(), resolved_by = coalesce(actor, 'vigil'), snoozed_until = null,
    updated_at = pg_catalog.clock_timestamp()
  where i.tenant_id = tenant and i.incident_id = incident and i.state <> 'resolved'
  returning i.triggered_at into v_triggered_at;
  if not found then
    return;
  end if;
  delete from alerting.timer t where t.tenant_id = tenant and t.incident_id = incident;
  perform alerting.add_event(tenant, incident, actor, 'resolved',
    pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('note', note, 'told', v_triggered_at is not null)));
  perform alerting.tell_told(tenant, incident, 'resolve');
end
$$;
comment on function alerting.close_incident(int, bigint, text, text) is
'Resolves an incident: its timers end, and every channel and person that was told hears of it. One that ended before its group_wait was over was told to nobody and stays so. actor null: its alerts have ended. Does nothing to a resolved one.';
