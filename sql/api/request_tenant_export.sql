create or replace function api.request_tenant_export(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb := ops.earlier_answer('request_tenant_export', jsonb_build_array(name)::text);
begin
  if v_answer is null then
    v_answer := ops.keep_answer('request_tenant_export', ops.as_staff('request_export', jsonb_build_object('tenant', request_tenant_export.name)));
  end if;
  return v_answer;
end
$$;
comment on function api.request_tenant_export(text) is
$$Ask for all data of a tenant as files
A job writes them; GET /tenant_exports says how far it is and where. For staff of the platform. Answers {tenant, export_id}.$$;
