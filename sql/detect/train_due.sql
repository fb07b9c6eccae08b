create or replace function detect.train_due(tenant int) returns bigint
language plpgsql
as $$
declare
  v_scope record;
  v_trained bigint := 0;
  v_code text;
  v_message text;
  v_hint text;
begin
  for v_scope in
    select m.profile_id, m.scope,
      case m.scope when 'stream' then d.external_id when 'device_model' then m.device_model when 'site' then s.path::text end as target,
      m.options - array['from', 'to'] as options
    from detect.model m
    left join fleet.stream st on st.tenant_id = m.tenant_id and st.stream_id = m.stream_id
    left join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id
    left join fleet.site s on s.tenant_id = m.tenant_id and s.site_id = m.site_id
    where m.tenant_id = tenant and m.status = 'active'
    union all
    select p.profile_id, 'profile', null, '{}'
    from fleet.profile p
    where p.tenant_id = tenant
      and not exists (
        select from detect.model m
        where m.tenant_id = p.tenant_id and m.profile_id = p.profile_id and m.status = 'active')
      and exists (
        select from fleet.stream st
        join fleet.latest l on l.tenant_id = st.tenant_id and l.stream_id = st.stream_id
        where st.tenant_id = p.tenant_id and st.profile_id = p.profile_id)
    order by 1, 2, 3
  loop
    begin
      perform detect.train(tenant, v_scope.profile_id, v_scope.scope, v_scope.target, v_scope.options);
      v_trained := v_trained + 1;
    exception when others then
      -- One scope that cannot be trained (too few rows yet) must not keep the others from training.
      get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      insert into ops.job_run (job_name, tenant_id, started_at, finished_at, status, error_code, message, hint)
      values ('train', tenant, pg_catalog.now(), pg_catalog.clock_timestamp(), 'error', v_code,
        pg_catalog.format('profile %s, scope %s %s: %s', v_scope.profile_id, v_scope.scope, coalesce(v_scope.target, ''), v_message), nullif(v_hint, ''));
    end;
  end loop;
  return v_trained;
end
$$;
comment on function detect.train_due(int) is
'Trains every active model of the tenant anew on its own scope and options, and a profile-wide model for each profile with readings that has none. A scope that fails is recorded in ops.job_run and keeps its old model. Returns how many were trained.';
