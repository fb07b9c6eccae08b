create or replace function api.delete_escalation_policy(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('delete_escalation_policy', jsonb_build_array(name)::text);
begin
  if v_answer is not null then
    return v_answer;
  end if;
  if exists (
    select
    from alerting.escalation_policy p
    where p.tenant_id = v_tenant_id and p.name = delete_escalation_policy.name
      and (exists (select from alerting.route r where r.tenant_id = p.tenant_id and r.policy_id = p.policy_id)
        or exists (select from alerting.setting s where s.tenant_id = p.tenant_id and s.fallback_policy_id = p.policy_id)))
  then
    raise sqlstate 'PT409' using
      message = format('escalation policy "%s" is in use', delete_escalation_policy.name),
      hint = 'Give the routes that name it, or the fallback, another policy first.';
  end if;
  delete from alerting.escalation_policy p where p.tenant_id = v_tenant_id and p.name = delete_escalation_policy.name;
  if not found then
    raise sqlstate 'PT404' using
      message = format('escalation policy "%s" does not exist', delete_escalation_policy.name),
      hint = 'GET /escalation_policies lists the policies.';
  end if;
  return ops.keep_answer('delete_escalation_policy', jsonb_build_object('name', delete_escalation_policy.name, 'deleted', true));
end
$$;
comment on function api.delete_escalation_policy(text) is
$$Delete an escalation policy
Incidents that opened with it keep it. 404 for one that does not exist, 409 while a route or the fallback names it.$$;
