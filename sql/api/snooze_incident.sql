create or replace function api.snooze_incident(incident_id bigint, until timestamptz default 'infinity') returns setof api.incidents
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('snooze_incident', jsonb_build_array(snooze_incident.incident_id, until)::text);
begin
  if v_answer is null then
    if until is null or until <= clock_timestamp() or until < 'infinity' and until > clock_timestamp() + interval '7 days' then
      raise exception using
        errcode = '22023',
        message = 'an incident is snoozed until a time in the next 7 days, or until it is resolved',
        hint = 'Send until as a timestamp in the future, or leave it out: until resolved.';
    end if;
    if not alerting.snooze_incident(v_tenant_id, snooze_incident.incident_id, until, auth.subject()) then
      perform alerting.refuse_incident(v_tenant_id, snooze_incident.incident_id, '{}');
    end if;
    v_answer := ops.keep_answer('snooze_incident', (
      select jsonb_agg(i) from api.incidents i where i.incident_id = snooze_incident.incident_id));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.incidents, v_answer) a;
end
$$;
comment on function api.snooze_incident(bigint, timestamptz) is
$$Put an incident off
Escalation stops until then, at most 7 days, or until the incident is resolved (until left out), and begins again from the first step. It also does when the incident gets worse or more alerts join it. 404 for one that does not exist, 409 for one that is resolved.$$;
