create or replace function alerting.acknowledge_by_link(token text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_target record;
begin
  select t.tenant_id, t.incident_id, t.recipient into v_target from alerting.link_target(token) t;
  if v_target.tenant_id is null then
    return null;
  end if;
  if not alerting.acknowledge_incident(v_target.tenant_id, v_target.incident_id, v_target.recipient || ' (link)') then
    return false;
  end if;
  perform audit.record(v_target.tenant_id, 'acknowledge_by_link',
    jsonb_build_object('incident_id', v_target.incident_id, 'recipient', v_target.recipient));
  return true;
end
$$;
comment on function alerting.acknowledge_by_link(text) is
'Acknowledges the incident that a link in a message leads to, in the name of whoever the message was for. False when it was acknowledged or resolved before; null for a link that is not valid. Owned by vigil_jobs: whoever has the link has no tenant.';
