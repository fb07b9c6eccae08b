create or replace function ops.as_staff(action text, arguments jsonb) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant text := arguments ->> 'tenant';
  v_message text;
  v_hint text;
begin
  perform ops.refuse_but_staff();
  case action
    when 'create_tenant' then
      perform ops.create_tenant(v_tenant, coalesce(arguments ->> 'display_name', v_tenant), coalesce(arguments ->> 'plan', 'unlimited'));
      perform audit.record(ops.find_tenant(v_tenant), 'create_tenant', arguments);
    when 'suspend_tenant' then
      perform ops.suspend_tenant(v_tenant, arguments ->> 'reason');
    when 'resume_tenant' then
      perform ops.resume_tenant(v_tenant);
    when 'set_plan' then
      perform ops.set_plan(v_tenant, arguments ->> 'plan');
    when 'request_export' then
      return jsonb_build_object('tenant', v_tenant, 'export_id', ops.request_export(v_tenant));
    when 'delete_tenant' then
      return jsonb_build_object('tenant', v_tenant, 'certificate_id', ops.delete_tenant(v_tenant, arguments ->> 'confirm'));
  end case;
  return jsonb_build_object('tenant', v_tenant);
exception
  -- To a request that is a conflict, and no fault of the server.
  when object_not_in_prerequisite_state then
    get stacked diagnostics v_message = message_text, v_hint = pg_exception_hint;
    raise sqlstate 'PT409' using message = v_message, hint = v_hint;
end
$$;
comment on function ops.as_staff(text, jsonb) is
'The one door from a request to what runs tenants: create_tenant, suspend_tenant, resume_tenant, set_plan, request_export and delete_tenant with their arguments as an object. Owned by vigil_jobs, which passes row security, so it looks first whether a platform_admin of the platform''s own tenant asks: 42501 for anybody else; what DBAs get as 55000 is PT409 here. Returns {tenant}, export_id or certificate_id with it.';
