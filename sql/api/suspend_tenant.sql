create or replace function api.suspend_tenant(name text, reason text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := ops.earlier_answer('suspend_tenant', jsonb_build_array(name, reason)::text);
begin
  if v_answer is null then
    v_answer := ops.keep_answer('suspend_tenant', ops.as_staff('suspend_tenant', jsonb_build_object('tenant', suspend_tenant.name, 'reason', suspend_tenant.reason)));
  end if;
  return v_answer;
end
$$;
comment on function api.suspend_tenant(text, text) is
$$Shut a tenant out
From the next request on, until POST /rpc/resume_tenant: tokens, keys and SQL logins are refused, nothing is taken in or told. Its data stay, and age. For staff of the platform. Answers {tenant}.$$;
