create or replace function alerting.rule_streams(rule alerting.rule)
returns table (stream_id int, device_id int, profile_id int, site_id int, device text)
language sql stable
as $$
  select st.stream_id, d.device_id, st.profile_id, d.site_id, d.name
  from fleet.device d
  join fleet.stream st on st.tenant_id = d.tenant_id and st.device_id = d.device_id
  left join fleet.site s on s.tenant_id = d.tenant_id and s.site_id = d.site_id
  where d.tenant_id = (rule_streams.rule).tenant_id and d.active
    and ((rule_streams.rule).profile_id is null or st.profile_id = (rule_streams.rule).profile_id)
    and ((rule_streams.rule).device_model is null or d.model = (rule_streams.rule).device_model)
    and ((rule_streams.rule).device_attributes is null or d.attributes @> (rule_streams.rule).device_attributes)
    and ((rule_streams.rule).site is null or s.path operator(public.<@) (rule_streams.rule).site)
$$;
comment on function alerting.rule_streams(alerting.rule) is
'The scope of a rule: streams of active devices that fit its profile, site with everything below, device model and attributes. device is the device''s name.';
