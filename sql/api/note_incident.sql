create or replace function api.note_incident(incident_id bigint, note text) returns setof api.incident_events
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('note_incident', jsonb_build_array(note_incident.incident_id, note)::text);
begin
  if v_answer is null then
    if coalesce(note !~ '[^[:space:]]' or length(note) > 4000, true) then
      raise exception using
        errcode = '22023',
        message = 'the note is empty or longer than 4000 characters',
        hint = 'Say in a few sentences what was found or done.';
    end if;
    perform alerting.refuse_incident(v_tenant_id, note_incident.incident_id, '{open,acknowledged,snoozed,resolved}');
    perform alerting.add_event(v_tenant_id, note_incident.incident_id, auth.subject(), 'note', jsonb_build_object('note', note));
    v_answer := ops.keep_answer('note_incident', (
      select jsonb_agg(e)
      from (
        select e.* from api.incident_events e
        -- Jobs write on the timeline meanwhile.
        where e.incident_id = note_incident.incident_id and e.kind = 'note' and e.actor = auth.subject()
        order by e.event_id desc
        limit 1
      ) e));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.incident_events, v_answer) a;
end
$$;
comment on function api.note_incident(bigint, text) is
$$Write a note on an incident's timeline
Of at most 4000 characters. Answers with the entry. 404 for an incident that does not exist.$$;
