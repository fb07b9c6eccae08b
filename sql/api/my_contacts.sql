create or replace function api.my_contacts() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb;
begin
  select jsonb_build_object('person', p.name, 'display_name', p.display_name, 'time_zone', p.time_zone, 'language', p.language, 'active', p.active)
    || alerting.contacts_of(p.tenant_id, p.person_id)
    || jsonb_build_object('unavailabilities', coalesce((
      select jsonb_agg(jsonb_build_object('unavailability_id', u.unavailability_id, 'from', u.from_ts, 'to', u.to_ts, 'reason', u.reason) order by u.from_ts)
      from alerting.unavailability u
      where u.tenant_id = p.tenant_id and u.person_id = p.person_id and u.to_ts > now()), '[]'))
  into v_answer
  from alerting.person p
  where p.tenant_id = v_tenant_id and p.subject = auth.claims() ->> 'sub';
  if v_answer is null then
    raise sqlstate 'PT404' using
      message = 'nobody is known by the sub claim of this token',
      hint = 'A tenant_admin can enter it as the subject of a person with POST /rpc/save_person.';
  end if;
  return v_answer;
end
$$;
comment on function api.my_contacts() is
$$How you are reached
The person whose subject is the sub claim of the token: methods and rules as POST /rpc/save_contact_methods takes them, and absences to come.$$;
