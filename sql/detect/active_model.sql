create or replace function detect.active_model(tenant int, stream int) returns int
language sql stable
as $$
  select m.model_id
  from fleet.stream st
  join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id
  left join fleet.site s on s.tenant_id = d.tenant_id and s.site_id = d.site_id
  join detect.model m on m.tenant_id = st.tenant_id and m.profile_id = st.profile_id and m.status = 'active'
  join detect.feature_set fs on fs.tenant_id = m.tenant_id and fs.feature_set_id = m.feature_set_id and fs.current
  left join fleet.site ms on ms.tenant_id = m.tenant_id and ms.site_id = m.site_id
  where st.tenant_id = active_model.tenant and st.stream_id = active_model.stream
    and case m.scope
      when 'stream' then m.stream_id = st.stream_id
      when 'device_model' then m.device_model = d.model
      when 'site' then s.path operator(public.<@) ms.path
      else true
    end
  order by pg_catalog.array_position(array['stream', 'device_model', 'site', 'profile'], m.scope),
    public.nlevel(ms.path) desc nulls last
  limit 1
$$;
comment on function detect.active_model(int, int) is
'The narrowest active model that covers a stream: its own, else its device model''s, else that of the nearest site above it, else its profile''s. Models of an outdated feature set do not count. Null when none covers it.';
