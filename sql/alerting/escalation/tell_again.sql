create or replace function alerting.tell_again(timer alerting.timer) returns void
language plpgsql
as $$
declare
  v_contact record;
begin
  select m.channel_id, m.address, m.person_id into v_contact
  from alerting.contact_method m
  join alerting.person p on p.tenant_id = m.tenant_id and p.person_id = m.person_id and p.active
  join alerting.incident i on i.tenant_id = m.tenant_id and i.incident_id = timer.incident_id and i.state = 'open'
  where m.tenant_id = timer.tenant_id and m.contact_method_id = (timer.detail ->> 'contact_method_id')::int and m.enabled;
  if found then
    perform alerting.tell(timer.tenant_id, timer.incident_id, 'page', (timer.detail ->> 'cycle')::int, (timer.detail ->> 'step')::int,
      'person:' || v_contact.person_id, v_contact.channel_id, v_contact.address, v_contact.person_id, 0);
  end if;
end
$$;
comment on function alerting.tell_again(alerting.timer) is
'Tells a person over the next of their contact methods, whose delay is over, unless the incident has been acknowledged since, the person is not active any more or the method is off.';
