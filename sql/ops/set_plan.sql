create or replace function ops.set_plan(name text, plan text) returns void
language plpgsql
as $$
declare
  v_tenant_id int := ops.find_tenant(set_plan.name);
begin
  if not exists (select from ops.plan p where p.plan_name = set_plan.plan) then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('there is no plan "%s"', pg_catalog.left(set_plan.plan, 100)),
      hint = 'They are in ops.plan.';
  end if;
  update fleet.tenant t set plan_name = set_plan.plan where t.tenant_id = v_tenant_id;
  perform ops.count_usage(v_tenant_id);
  perform audit.record(v_tenant_id, 'set_plan', pg_catalog.jsonb_build_object('tenant', set_plan.name, 'plan', set_plan.plan));
end
$$;
comment on function ops.set_plan(text, text) is
'Gives a tenant another plan, which counts at once. What it has beyond the new limits stays; there is no more of it until it is below. 42704 for an unknown tenant or plan.';
