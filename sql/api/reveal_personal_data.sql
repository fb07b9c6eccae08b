create or replace function api.reveal_personal_data(object text, key text, reason text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb;
begin
  if coalesce(length(btrim(reveal_personal_data.reason)), 0) not between 10 and 1000 then
    raise exception using
      errcode = '22023',
      message = 'the reason has fewer than 10 or more than 1000 characters',
      hint = 'Say why it is needed, such as the number of the support case. The tenant''s admins read it.';
  end if;
  case coalesce(reveal_personal_data.object, '')
    when 'person' then
      select jsonb_build_object('person', p.name, 'display_name', p.display_name, 'subject', p.subject) || alerting.contacts_of(p.tenant_id, p.person_id)
      into v_answer
      from alerting.person p
      where p.tenant_id = v_tenant_id and p.name = reveal_personal_data.key;
    when 'device' then
      select jsonb_build_object('device', d.external_id, 'attributes', d.attributes, 'latest', (
        select coalesce(jsonb_agg(jsonb_build_object('metric', m.name, 'ts', l.seen[m.position], 'value', l.values[m.position]) order by m.name), '[]')
        from fleet.stream st
        join fleet.latest l on l.tenant_id = st.tenant_id and l.stream_id = st.stream_id
        join fleet.metric m on m.tenant_id = st.tenant_id and m.profile_id = st.profile_id and m.personal
        where st.tenant_id = d.tenant_id and st.device_id = d.device_id))
      into v_answer
      from fleet.device d
      where d.tenant_id = v_tenant_id and d.external_id = reveal_personal_data.key;
    else
      raise exception using
        errcode = '22023',
        message = 'the object is person or device',
        hint = 'Send {"object": "person", "key": "ann", "reason": "support case 4711"}.';
  end case;
  if v_answer is null then
    raise sqlstate 'PT404' using
      message = format('there is no %s "%s"', reveal_personal_data.object, left(reveal_personal_data.key, 100)),
      hint = 'GET /people and GET /devices list what there is.';
  end if;
  perform audit.record(v_tenant_id, 'read_personal_data', jsonb_build_object('object', reveal_personal_data.object, 'name', reveal_personal_data.key,
    'reason', reveal_personal_data.reason));
  return v_answer;
end
$$;
comment on function api.reveal_personal_data(text, text, text) is
$$See personal data of a tenant, as staff
Of a person their names and contact methods, of a device its attributes and last place. object is person or device, key its name. The tenant's audit trail says who saw what, and the reason.$$;
