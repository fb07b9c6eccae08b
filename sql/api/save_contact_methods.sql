create or replace function api.save_contact_methods(person text, methods jsonb, rules jsonb default '[]') returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('save_contact_methods', jsonb_build_array(person, methods, rules)::text);
  v_person_id int := alerting.find_person(v_tenant_id, person, false);
begin
  perform alerting.refuse_stranger(v_tenant_id, v_person_id, '{tenant_admin,platform_admin}');
  if v_answer is not null then
    return v_answer;
  end if;
  perform alerting.save_contacts(v_tenant_id, v_person_id, save_contact_methods.methods, save_contact_methods.rules);
  -- The answer stays in the audit trail, addresses should not.
  return ops.keep_answer('save_contact_methods', jsonb_build_object('person', save_contact_methods.person,
    'methods', jsonb_array_length(save_contact_methods.methods), 'rules', jsonb_array_length(save_contact_methods.rules)));
end
$$;
comment on function api.save_contact_methods(text, jsonb, jsonb) is
$$Say how a person is reached
For yourself, or as tenant_admin for anybody. methods are all there are: [{"channel": "sms", "address": "+4930123456", "enabled": true}], over channels of kind email and sms. rules say when each is used: [{"urgency": "urgent", "delay_minutes": 5, "channel": "sms", "address": "+4930123456"}]; without one for an urgency (urgent, normal) every enabled method is used at once. Answers with how many there are.$$;
