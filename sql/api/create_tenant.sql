create or replace function api.create_tenant(name text, display_name text default null, plan text default 'unlimited') returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := ops.earlier_answer('create_tenant', jsonb_build_array(name, display_name, plan)::text);
begin
  if v_answer is null then
    v_answer := ops.keep_answer('create_tenant', ops.as_staff('create_tenant', jsonb_build_object('tenant', create_tenant.name, 'display_name', coalesce(display_name, create_tenant.name), 'plan', create_tenant.plan)));
  end if;
  return v_answer;
end
$$;
comment on function api.create_tenant(text, text, text) is
$$Make a tenant
With a plan: free, standard, enterprise, unlimited or what a DBA added. For staff of the platform. Answers {tenant}.$$;
