create or replace function alerting.evaluate_rules(tenant int, at timestamptz default null) returns bigint
language plpgsql
as $$
#variable_conflict use_column
declare
  v_at timestamptz := coalesce(at, pg_catalog.now());
  v_rule alerting.rule;
  v_count bigint := alerting.end_orphans(tenant);
  v_message text;
begin
  for v_rule in
    select r.*
    from alerting.rule r
    where r.tenant_id = evaluate_rules.tenant and alerting.is_rule_due(r, v_at)
    order by r.rule_id
  loop
    begin
      v_count := v_count + case
        when v_rule.kind = 'threshold' then alerting.evaluate_threshold(v_rule, v_at)
        else alerting.settle_findings(v_rule, array(select f from alerting.findings(v_rule, v_at) f), v_at)
      end;
      update alerting.rule r
      set evaluated_to = v_at, last_error = null, last_error_at = null
      where r.tenant_id = v_rule.tenant_id and r.rule_id = v_rule.rule_id;
      if v_rule.last_error is not null then
        perform alerting.clear_condition(tenant, pg_catalog.format('rule:%s:failed', v_rule.rule_id));
      end if;
    exception when others then
      -- One rule that fails does not stop the others.
      get stacked diagnostics v_message = message_text;
      update alerting.rule r
      set evaluated_to = case when r.evaluated_to is null then null else v_at end, last_error = pg_catalog.left(v_message, 1000), last_error_at = v_at
      where r.tenant_id = v_rule.tenant_id and r.rule_id = v_rule.rule_id;
      perform alerting.raise_condition(tenant, pg_catalog.format('rule:%s:failed', v_rule.rule_id), 'low',
        pg_catalog.format('rule %s cannot be evaluated: %s', v_rule.name, pg_catalog.left(v_message, 500)));
    end;
  end loop;
  if v_count > 0 then
    perform alerting.group_alerts(tenant);
  end if;
  return v_count;
end
$$;
comment on function alerting.evaluate_rules(int, timestamptz) is
'Evaluates the tenant''s enabled rules whose time has come, all but those about anomalies, as of now or the given instant; ends the alerts of rules that were disabled or deleted. A rule that fails is noted in its row and as a condition rule:<rule_id>:failed until it works again, and does not stop the others. Returns how many alerts were opened, begun again or ended.';
