create or replace function alerting.add_event(tenant int, incident bigint, actor text, kind text, detail jsonb) returns void
language sql volatile
as $$
  insert into alerting.incident_event (tenant_id, incident_id, actor, kind, detail)
  values (tenant, incident, coalesce(add_event.actor, 'vigil'), add_event.kind, coalesce(add_event.detail, '{}'))
$$;
comment on function alerting.add_event(int, bigint, text, text, jsonb) is
'Writes a line of an incident''s timeline. actor null: vigil itself. 23503 for an incident that does not exist.';
