create or replace function api.save_escalation_policy(definition jsonb, fallback boolean default null) returns setof api.escalation_policies
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('save_escalation_policy', jsonb_build_array(definition, fallback)::text);
  v_policy_id int;
begin
  if v_answer is null then
    v_policy_id := alerting.save_policy(v_tenant_id, definition);
    if fallback is not null then
      insert into alerting.setting as s (tenant_id, fallback_policy_id)
      values (v_tenant_id, case when fallback then v_policy_id end)
      on conflict (tenant_id) do update set fallback_policy_id = excluded.fallback_policy_id
      where fallback or s.fallback_policy_id = v_policy_id;
    end if;
    v_answer := ops.keep_answer('save_escalation_policy', (
      select jsonb_agg(p) from api.escalation_policies p where p.name = definition ->> 'name'));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.escalation_policies, v_answer) a;
end
$$;
comment on function api.save_escalation_policy(jsonb, boolean) is
$$Make or replace an escalation policy
By name, in the form that GET /escalation_policies shows. Incidents that are open keep the policy they opened with. fallback true makes it the one for what no route takes and for exhausted policies, false ends that.$$;
