create or replace function ops.suspend_tenant(name text, reason text) returns void
language plpgsql
as $$
declare
  v_tenant_id int := ops.find_tenant(suspend_tenant.name);
begin
  if suspend_tenant.name = 'platform' then
    raise exception using
      errcode = '55000',
      message = 'the tenant of the platform itself cannot be suspended',
      hint = 'Its people run the others. Deactivate accounts instead.';
  end if;
  if coalesce(pg_catalog.btrim(reason), '') = '' or pg_catalog.length(reason) > 1000 then
    raise exception using
      errcode = '22023',
      message = 'the reason is empty or longer than 1000 characters',
      hint = 'Say in a sentence why; the tenant''s people ask.';
  end if;
  update fleet.tenant t
  set active = false, suspended_at = coalesce(t.suspended_at, pg_catalog.clock_timestamp()), suspended_because = reason
  where t.tenant_id = v_tenant_id;
  perform audit.record(v_tenant_id, 'suspend_tenant', pg_catalog.jsonb_build_object('tenant', suspend_tenant.name, 'reason', reason));
end
$$;
comment on function ops.suspend_tenant(text, text) is
'Shuts a tenant out, from the next request and statement on: tokens and API keys are refused (401), SQL logins see nothing (42501), sources are not pulled, imports are refused, nothing is computed, nobody is told anything. Its data stay, and age: retention, archive and the checks of archives go on; a legal hold keeps what must not age. Suspending it again changes the reason. 42704 for an unknown tenant, 55000 for the one named platform, 22023 without a reason.';
