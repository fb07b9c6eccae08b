create or replace function alerting.view_findings(rule alerting.rule) returns setof alerting.finding
language plpgsql stable
as $$
declare
  c_most constant int := 10000;
  v_view regclass;
  v_count bigint;
begin
  select pg_catalog.to_regclass(pg_catalog.format('%I.%I', w.relation_schema, w.relation_name)) into v_view
  from alerting.rule_view w
  where w.tenant_id = rule.tenant_id and w.relation_schema || '.' || w.relation_name = rule.params ->> 'view';
  if v_view is null then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('view "%s" is not there for rules', rule.params ->> 'view'),
      hint = 'A DBA lets rules look at a view with ops.add_rule_view.';
  end if;
  -- Named by a DBA, and quoted by regclass.
  return query execute pg_catalog.format(
    $query$
      select coalesce(alerting.subject_key(x.row ->> 'subject'), '-'), coalesce(x.row ->> 'severity', $2), coalesce(x.row ->> 'summary', ''), d.device_id,
        (x.row ->> 'value')::float8,
        case when pg_catalog.jsonb_typeof(x.row -> 'labels') = 'object'
          then (select pg_catalog.jsonb_object_agg(l.key, l.value) from pg_catalog.jsonb_each_text(x.row -> 'labels') l where l.value is not null) end,
        null::timestamptz
      from (select pg_catalog.to_jsonb(v) as row from %s v where v.tenant_id = $1 limit $3) x
      left join fleet.device d on d.tenant_id = $1 and d.external_id = x.row ->> 'device'
    $query$, v_view)
  using rule.tenant_id, rule.severity, c_most + 1;
  get diagnostics v_count = row_count;
  if v_count > c_most then
    raise exception using
      errcode = '54000',
      message = pg_catalog.format('view "%s" returns more than %s rows', rule.params ->> 'view', c_most),
      hint = 'Let it return what somebody should hear of.';
  end if;
end
$$;
comment on function alerting.view_findings(alerting.rule) is
'The rows of a view that a DBA lets the tenant''s rules look at (ops.add_rule_view), each a condition that holds. 42704 when there is no such view, 54000 for more than 10000 rows.';
