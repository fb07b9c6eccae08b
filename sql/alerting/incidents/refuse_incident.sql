create or replace function alerting.refuse_incident(tenant int, incident bigint, unless text[]) returns void
language plpgsql stable
as $$
declare
  v_state text;
begin
  select i.state into v_state from alerting.incident i where i.tenant_id = tenant and i.incident_id = incident;
  if v_state is null then
    raise sqlstate 'PT404' using
      message = pg_catalog.format('incident %s does not exist', incident),
      hint = 'GET /incidents lists the incidents.';
  elsif v_state <> all (unless) then
    raise sqlstate 'PT409' using
      message = pg_catalog.format('incident %s is %s', incident, v_state),
      hint = 'GET /incidents?state=neq.resolved lists those that are going on.';
  end if;
end
$$;
comment on function alerting.refuse_incident(int, bigint, text[]) is
'Says why nothing was done to an incident: PT404 when it does not exist, PT409 with its state, unless that is one of those given.';
