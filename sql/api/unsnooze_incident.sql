create or replace function api.unsnooze_incident(incident_id bigint) returns setof api.incidents
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('unsnooze_incident', jsonb_build_array(unsnooze_incident.incident_id)::text);
begin
  if v_answer is null then
    if not alerting.unsnooze_incident(v_tenant_id, unsnooze_incident.incident_id, auth.subject()) then
      perform alerting.refuse_incident(v_tenant_id, unsnooze_incident.incident_id, '{open}');
    end if;
    v_answer := ops.keep_answer('unsnooze_incident', (
      select jsonb_agg(i) from api.incidents i where i.incident_id = unsnooze_incident.incident_id));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.incidents, v_answer) a;
end
$$;
comment on function api.unsnooze_incident(bigint) is
$$End a snooze
Escalation begins again from the first step. Does nothing to an open incident. 404 for one that does not exist, 409 for one that is acknowledged or resolved.$$;
