create or replace function alerting.run_escalations(tenant int) returns bigint
language plpgsql
as $$
declare
  v_done bigint;
begin
  v_done := alerting.run_timers(tenant);
  perform alerting.release_held(tenant);
  return v_done + alerting.send_notes(tenant) + alerting.tell_handoffs(tenant);
end
$$;
comment on function alerting.run_escalations(int) is
'The job escalations for one tenant: what is due for its incidents, storm control over what that raised, notes about what was suppressed, and handoffs of schedules. Returns how many timers, notes and notices.';
