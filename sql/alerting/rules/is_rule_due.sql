create or replace function alerting.is_rule_due(rule alerting.rule, at timestamptz) returns boolean
language sql stable
as $$
  select (is_rule_due.rule).enabled and (is_rule_due.rule).kind <> 'anomaly'
    and ((is_rule_due.rule).evaluated_to is null
      or (is_rule_due.rule).evaluated_to + alerting.rule_every((is_rule_due.rule).kind, (is_rule_due.rule).params) <= is_rule_due.at)
    -- A rule that failed is left alone so long.
    and ((is_rule_due.rule).last_error_at is null or (is_rule_due.rule).last_error_at + interval '30 seconds' <= is_rule_due.at)
$$;
comment on function alerting.is_rule_due(alerting.rule, timestamptz) is
'Whether alerting.evaluate_rules evaluates a rule as of an instant: it is enabled, not about anomalies, its time has come, and it has not failed within 30 seconds.';
