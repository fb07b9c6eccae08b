create or replace function alerting.run_escalations(tenant int) returns bigint
language plpgsql
as $$
declare
  v_done bigint;
begin
  v_done := alerting.run_timers(tenant);
  perform alerting.release_held(tenant);
  return v_done + alerting.send_notes(tenant);
end
$$;
comment on function alerting.run_escalations(int) is
'The job escalations for one tenant: what is due for its incidents, storm control over what that raised, and notes about what was suppressed. Returns how many timers and notes.';
