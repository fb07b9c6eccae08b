create or replace function api.delete_tenant(name text, confirm text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := ops.earlier_answer('delete_tenant', jsonb_build_array(name, confirm)::text);
begin
  if v_answer is null then
    v_answer := ops.keep_answer('delete_tenant', ops.as_staff('delete_tenant', jsonb_build_object('tenant', delete_tenant.name, 'confirm', delete_tenant.confirm)));
  end if;
  return v_answer;
end
$$;
comment on function api.delete_tenant(text, text) is
$$Delete a tenant with everything it has
confirm repeats the name. It is shut out at once, a job deletes the rest; GET /tenant_deletions has the signed certificate in the end. A legal hold prevents it. For staff of the platform. Answers {tenant, certificate_id}.$$;
