create or replace function api.acknowledge_incident(incident_id bigint) returns setof api.incidents
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('acknowledge_incident', jsonb_build_array(acknowledge_incident.incident_id)::text);
begin
  if v_answer is null then
    if not alerting.acknowledge_incident(v_tenant_id, acknowledge_incident.incident_id, auth.subject()) then
      perform alerting.refuse_incident(v_tenant_id, acknowledge_incident.incident_id, '{acknowledged}');
    end if;
    v_answer := ops.keep_answer('acknowledge_incident', (
      select jsonb_agg(i) from api.incidents i where i.incident_id = acknowledge_incident.incident_id));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.incidents, v_answer) a;
end
$$;
comment on function api.acknowledge_incident(bigint) is
$$Acknowledge an incident
Says that you have it: escalation stops and the channels that were told hear who it is. It holds until the incident is resolved, unless its policy lets acknowledgements run out. The first one stays; acknowledging again changes nothing. 404 for one that does not exist, 409 for one that is resolved.$$;
