create or replace function api.resume_tenant(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := ops.earlier_answer('resume_tenant', jsonb_build_array(name)::text);
begin
  if v_answer is null then
    v_answer := ops.keep_answer('resume_tenant', ops.as_staff('resume_tenant', jsonb_build_object('tenant', resume_tenant.name)));
  end if;
  return v_answer;
end
$$;
comment on function api.resume_tenant(text) is
$$Let a suspended tenant in again
Sessions, keys and SQL logins that have not expired go on. For staff of the platform. Answers {tenant}.$$;
