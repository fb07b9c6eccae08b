create or replace function alerting.find_policy(tenant int, policy text) returns int
language plpgsql stable
as $$
declare
  v_policy_id int;
begin
  select p.policy_id into v_policy_id from alerting.escalation_policy p where p.tenant_id = find_policy.tenant and p.name = find_policy.policy;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('escalation policy "%s" does not exist', find_policy.policy),
      hint = 'GET /escalation_policies lists the policies.';
  end if;
  return v_policy_id;
end
$$;
comment on function alerting.find_policy(int, text) is 'The id of a tenant''s escalation policy. 42704 when there is none of the name.';
