create or replace function alerting.tell_person(tenant int, incident bigint, cycle int, step int, person int) returns int
language plpgsql
as $$
declare
  v_urgency text;
  v_contact record;
  v_told int := 0;
begin
  select case when detect.severity_rank(i.severity) >= 3 then 'urgent' else 'normal' end into v_urgency
  from alerting.incident i
  where i.tenant_id = tenant and i.incident_id = incident;

  for v_contact in
    with rule as (
      select r.contact_method_id, r.delay
      from alerting.contact_rule r
      where r.tenant_id = tenant and r.person_id = person and r.urgency = v_urgency
    )
    select m.contact_method_id, m.channel_id, m.address, coalesce(r.delay, interval '0') as delay
    from alerting.contact_method m
    join alerting.person p on p.tenant_id = m.tenant_id and p.person_id = m.person_id and p.active
    left join rule r on r.contact_method_id = m.contact_method_id
    where m.tenant_id = tenant and m.person_id = person and m.enabled
      and (r.contact_method_id is not null or not exists (select from rule))
    order by 4, 1
  loop
    if v_contact.delay = interval '0' then
      v_told := v_told + alerting.tell(tenant, incident, 'page', tell_person.cycle, tell_person.step, 'person:' || person,
        v_contact.channel_id, v_contact.address, person, 0)::int;
    else
      insert into alerting.timer (tenant_id, incident_id, kind, key, due_at, detail)
      values (tenant, incident, 'contact',
        pg_catalog.format('%s:%s:%s:%s', tell_person.cycle, tell_person.step, v_contact.contact_method_id, v_contact.delay),
        pg_catalog.clock_timestamp() + v_contact.delay,
        pg_catalog.jsonb_build_object('cycle', tell_person.cycle, 'step', tell_person.step, 'person_id', person,
          'contact_method_id', v_contact.contact_method_id))
      on conflict (tenant_id, incident_id, kind, key) do nothing;
      v_told := v_told + 1;
    end if;
  end loop;
  return v_told;
end
$$;
comment on function alerting.tell_person(int, bigint, int, int, int) is
'Tells a person of an incident by their contact rules for its urgency (urgent from severity high on), at once or by timers; without rules over every enabled contact method. Returns over how many; 0 when the person is not active or cannot be reached.';
