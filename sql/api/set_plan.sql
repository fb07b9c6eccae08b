create or replace function api.set_plan(name text, plan text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := ops.earlier_answer('set_plan', jsonb_build_array(name, plan)::text);
begin
  if v_answer is null then
    v_answer := ops.keep_answer('set_plan', ops.as_staff('set_plan', jsonb_build_object('tenant', set_plan.name, 'plan', set_plan.plan)));
  end if;
  return v_answer;
end
$$;
comment on function api.set_plan(text, text) is
$$Give a tenant another plan
It counts at once. What is beyond the new limits stays. For staff of the platform. Answers {tenant}.$$;
