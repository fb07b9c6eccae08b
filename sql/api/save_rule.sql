create or replace function api.save_rule(definition jsonb) returns setof api.rules
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('save_rule', coalesce(definition, 'null')::text);
  v_rule alerting.rule;
begin
  if v_answer is null then
    v_rule := alerting.read_rule(v_tenant_id, definition);
    insert into alerting.rule as r (tenant_id, name, kind, severity, enabled, params, labels, profile_id, site, device_model,
      device_attributes, min_score, min_severity, max_age)
    values (v_rule.tenant_id, v_rule.name, v_rule.kind, v_rule.severity, v_rule.enabled, v_rule.params, v_rule.labels, v_rule.profile_id,
      v_rule.site, v_rule.device_model, v_rule.device_attributes, v_rule.min_score, v_rule.min_severity, v_rule.max_age)
    on conflict on constraint rule_name_unique do update
    set kind = excluded.kind, severity = excluded.severity, enabled = excluded.enabled, params = excluded.params, labels = excluded.labels,
      profile_id = excluded.profile_id, site = excluded.site, device_model = excluded.device_model,
      device_attributes = excluded.device_attributes, min_score = excluded.min_score, min_severity = excluded.min_severity,
      max_age = excluded.max_age
    -- One that stays as it is goes on with what it knows.
    where (r.kind, r.severity, r.enabled, r.params, r.labels, r.profile_id, r.site::text, r.device_model, r.device_attributes, r.min_score,
        r.min_severity, r.max_age)
      is distinct from (excluded.kind, excluded.severity, excluded.enabled, excluded.params, excluded.labels, excluded.profile_id,
        excluded.site::text, excluded.device_model, excluded.device_attributes, excluded.min_score, excluded.min_severity, excluded.max_age);
    v_answer := ops.keep_answer('save_rule', (
      select jsonb_agg(to_jsonb(s))
      from api.rules s
      where s.name = v_rule.name));
  end if;
  return query
  select a.* from jsonb_populate_recordset(null::api.rules, v_answer) a;
end
$$;
comment on function api.save_rule(jsonb) is
$$Make a rule, or replace the one of that name
{"name", "kind", "severity", "params", …} as GET /rules shows them; what is left out has its default. Kinds: anomaly, threshold, no_data, trend, forecast, drift, system and view; each has its params. Scope: profile, site with all below, device_model, device_attributes. A rule that was changed looks at everything anew and ends the alerts that it would not raise.$$;
