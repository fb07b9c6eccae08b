create or replace function api.delete_person(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('delete_person', jsonb_build_array(name)::text);
  v_person_id int;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  v_person_id := alerting.find_person(v_tenant_id, delete_person.name, false);
  update alerting.person p set active = false, subject = null where p.tenant_id = v_tenant_id and p.person_id = v_person_id;
  delete from alerting.contact_method m where m.tenant_id = v_tenant_id and m.person_id = v_person_id;
  return ops.keep_answer('delete_person', jsonb_build_object('name', delete_person.name, 'active', false, 'schedules', (
    select coalesce(jsonb_agg(s.name order by s.name), '[]')
    from alerting.schedule s
    where s.tenant_id = v_tenant_id and (s.fallback_person_id = v_person_id or exists (
      select from alerting.schedule_layer l
      join alerting.layer_member m on m.tenant_id = l.tenant_id and m.layer_id = l.layer_id
      where l.tenant_id = s.tenant_id and l.schedule_id = s.schedule_id and m.person_id = v_person_id
        and coalesce(l.effective_until > greatest(now(), l.effective_from), true))))));
end
$$;
comment on function api.delete_person(text) is
$$Take a person out of service
They become inactive, their tokens no longer tell who they are, and how to reach them is forgotten. Schedules pass them over from now on; who was on call before stays known. Answers with the schedules that still name them.$$;
