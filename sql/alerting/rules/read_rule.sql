create or replace function alerting.read_rule(tenant int, definition jsonb) returns alerting.rule
language plpgsql stable
as $$
#variable_conflict use_column
declare
  v_rule alerting.rule;
  v_problem text;
  v_hint text := 'Send {"name": "battery low", "kind": "threshold", "severity": "high", "params": {…}}; GET /rules shows the rules there are.';
begin
  if pg_catalog.jsonb_typeof(definition) is distinct from 'object' then
    raise exception using errcode = '22023', message = 'a rule is a JSON object', hint = v_hint;
  end if;
  select pg_catalog.format('a rule has no "%s"', pg_catalog.left(k.key, 100)) into v_problem
  from pg_catalog.jsonb_object_keys(definition) k (key)
  where k.key not in ('name', 'kind', 'severity', 'enabled', 'params', 'labels', 'profile', 'site', 'device_model', 'device_attributes',
    'min_score', 'min_severity', 'max_age')
  order by k.key
  limit 1;
  if v_problem is null then
    -- What is null is left out.
    select pg_catalog.format('"%s" must be %s', e.key, t.type) into v_problem
    from pg_catalog.jsonb_each(definition) e
    join (
      values ('name', 'string'), ('kind', 'string'), ('severity', 'string'), ('enabled', 'boolean'), ('params', 'object'), ('labels', 'object'),
        ('profile', 'string'), ('site', 'string'), ('device_model', 'string'), ('device_attributes', 'object'), ('min_score', 'number'),
        ('min_severity', 'string'), ('max_age', 'string')) t (key, type) on t.key = e.key
    where pg_catalog.jsonb_typeof(e.value) not in (t.type, 'null')
    order by e.key
    limit 1;
  end if;
  if v_problem is null then
    v_problem := case
      when coalesce(definition ->> 'name', '') !~ '^[^[:space:][:cntrl:]]([^[:cntrl:]]{0,98}[^[:space:][:cntrl:]])?$'
        then 'a rule has a name of 1 to 100 characters, without spaces around it'
      when definition ->> 'kind' is null then 'a rule has a kind'
      when definition ->> 'severity' not in ('low', 'medium', 'high', 'critical') or definition ->> 'min_severity' not in ('low', 'medium', 'high', 'critical')
        then 'a severity is low, medium, high or critical'
      when (definition ->> 'min_score')::numeric < 0 or (definition ->> 'min_score')::numeric >= 1 then '"min_score" must be from 0 to below 1'
      when not pg_catalog.pg_input_is_valid(coalesce(definition ->> 'max_age', '1 day'), 'interval') then '"max_age" must be a time such as "1 day"'
      when not coalesce((definition ->> 'max_age')::interval, '1 day') between interval '1 minute' and interval '366 days'
        then '"max_age" must be from 1 minute to 366 days'
      when not pg_catalog.pg_input_is_valid(coalesce(definition ->> 'site', ''), 'public.ltree') then '"site" must be a path such as emea.berlin'
      when pg_catalog.octet_length(definition ->> 'params') > 8000 or pg_catalog.octet_length(definition ->> 'labels') > 2000
        then 'params have at most 8000 bytes, labels 2000'
    end;
  end if;
  if v_problem is null then
    v_problem := alerting.rule_problem(definition ->> 'kind', coalesce(nullif(definition -> 'params', 'null'), '{}'));
    v_hint := coalesce('Rules of this kind take params such as ' || alerting.rule_example(definition ->> 'kind') || '.',
      'Use anomaly, threshold, no_data, trend, forecast, drift, system or view.');
  end if;
  if v_problem is not null then
    raise exception using errcode = '22023', message = v_problem, hint = v_hint;
  end if;

  v_rule.tenant_id := tenant;
  v_rule.rule_id := 0;
  v_rule.name := definition ->> 'name';
  v_rule.kind := definition ->> 'kind';
  v_rule.severity := coalesce(definition ->> 'severity', 'high');
  v_rule.enabled := coalesce((definition ->> 'enabled')::boolean, true);
  v_rule.params := coalesce(nullif(definition -> 'params', 'null'), '{}');
  v_rule.labels := coalesce(nullif(definition -> 'labels', 'null'), '{}');
  v_rule.site := (definition ->> 'site')::public.ltree;
  v_rule.device_model := definition ->> 'device_model';
  v_rule.device_attributes := nullif(definition -> 'device_attributes', 'null');
  v_rule.min_score := coalesce((definition ->> 'min_score')::float8, 0);
  v_rule.min_severity := coalesce(definition ->> 'min_severity', 'high');
  v_rule.max_age := coalesce((definition ->> 'max_age')::interval, '1 day');

  if definition ->> 'profile' is not null then
    select p.profile_id into v_rule.profile_id
    from fleet.profile p
    where p.tenant_id = read_rule.tenant and p.name = definition ->> 'profile';
    if not found then
      raise exception using
        errcode = '42704',
        message = pg_catalog.format('profile "%s" does not exist', pg_catalog.left(definition ->> 'profile', 200)),
        hint = 'GET /profiles lists the profiles.';
    end if;
  end if;
  if v_rule.site is not null and not exists (select from fleet.site s where s.tenant_id = read_rule.tenant and s.path operator(public.=) v_rule.site) then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('site "%s" does not exist', pg_catalog.left(definition ->> 'site', 200)),
      hint = 'Sites are made by a DBA in fleet.site.';
  end if;
  if v_rule.params ->> 'metric' is not null and not exists (
    select from fleet.metric m
    where m.tenant_id = read_rule.tenant and m.name = v_rule.params ->> 'metric' and (v_rule.profile_id is null or m.profile_id = v_rule.profile_id)) then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('metric "%s" is not in %s', v_rule.params ->> 'metric',
        coalesce('profile "' || (definition ->> 'profile') || '"', 'any profile')),
      hint = 'GET /profiles lists the metrics.';
  end if;
  if v_rule.kind = 'view' and not exists (
    select from alerting.rule_view w
    where w.tenant_id = read_rule.tenant and w.relation_schema || '.' || w.relation_name = v_rule.params ->> 'view') then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('view "%s" is not there for rules', v_rule.params ->> 'view'),
      hint = 'A DBA lets rules look at a view with ops.add_rule_view.';
  end if;
  return v_rule;
end
$$;
comment on function alerting.read_rule(int, jsonb) is
'The rule that a definition describes: name, kind, severity, enabled, params, labels, profile, site, device_model, device_attributes, min_score, min_severity and max_age; what is left out or null has its default. rule_id is 0. 22023 for what is not well-formed, 42704 for a profile, site, metric or view that does not exist.';
