create or replace procedure ops.count_all_usage(inout failure text)
language plpgsql
as $$
declare
  v_started timestamptz := pg_catalog.clock_timestamp();
  v_tenant record;
  v_code text;
  v_message text;
  v_hint text;
begin
  failure := null;
  begin
    perform ops.add_usage(array(select t.tenant_id from fleet.tenant t where t.active));
  exception when others then
    get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
    failure := pg_catalog.format('all tenants: %s', v_message);
    perform ops.note_failure('usage', null, v_started, v_code, v_message, v_hint);
  end;
  commit;
  for v_tenant in
    select t.tenant_id, t.name
    from fleet.tenant t
    where t.active
      and (exists (select from ops.quotas_reached(t.tenant_id))
        or exists (select from alerting.alert al where al.tenant_id = t.tenant_id and al.dedup_key like 'quota/%' and al.state = 'open'))
    order by t.tenant_id
  loop
    v_started := pg_catalog.clock_timestamp();
    begin
      perform ops.warn_of_quotas(v_tenant.tenant_id);
    exception when others then
      get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      failure := pg_catalog.format('%s: %s', v_tenant.name, v_message);
      perform ops.note_failure('usage', v_tenant.tenant_id, v_started, v_code, v_message, v_hint);
    end;
    commit;
  end loop;
end
$$;
comment on procedure ops.count_all_usage(text) is
'What ops.run(''usage'') does: counts for all active tenants at once, and warns those of whose quotas there is something to say, each in its own transaction. failure is the last error; each is in ops.job_run. It commits.';
