create or replace function api.resolve_incident(incident_id bigint, note text default null) returns setof api.incidents
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('resolve_incident', jsonb_build_array(resolve_incident.incident_id, note)::text);
begin
  if v_answer is null then
    if length(note) > 4000 then
      raise exception using
        errcode = '22023',
        message = 'the note is longer than 4000 characters',
        hint = 'Shorten it, or leave it out.';
    end if;
    if not alerting.resolve_incident(v_tenant_id, resolve_incident.incident_id, auth.subject(), note) then
      perform alerting.refuse_incident(v_tenant_id, resolve_incident.incident_id, '{resolved}');
    end if;
    v_answer := ops.keep_answer('resolve_incident', (
      select jsonb_agg(i) from api.incidents i where i.incident_id = resolve_incident.incident_id));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.incidents, v_answer) a;
end
$$;
comment on function api.resolve_incident(bigint, text) is
$$Resolve an incident by hand
Its alerts are resolved with it, and whoever was told hears of it. What still holds is raised again by its rule. Resolving again changes nothing. 404 for one that does not exist.$$;
