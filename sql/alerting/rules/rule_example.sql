create or replace function alerting.rule_example(kind text) returns text
language sql immutable parallel safe
as $$
  select case kind
    when 'anomaly' then '{"persist": {"n": 3, "m": 5}, "model_scope": "profile"}, or {}'
    when 'threshold' then '{"metric": "battery", "op": "<", "levels": {"high": 20, "critical": 10}, "clear": 25, "for": "10 minutes"}'
    when 'no_data' then '{"for": "15 minutes"}, or {"for": "15 minutes", "per": "site", "share": 0.8}'
    when 'trend' then '{"metric": "heat", "window": "6 hours", "slope_per": "1 hour", "op": ">", "levels": {"high": 2}, "max_p": 0.05}'
    when 'forecast' then '{"metric": "disk", "window": "7 days", "bucket": "1 hour", "horizon": "24 hours", "op": ">", "limit": 95}'
    when 'drift' then '{"metric": "heat", "reference": "7 days", "current": "1 day", "test": "psi", "levels": {"medium": 0.1, "high": 0.25}}'
    when 'system' then '{"what": "job", "late": "5 minutes"}, or {"what": "worker", "late": "1 minute"}'
    when 'view' then '{"view": "reports.stuck_orders"}'
  end
$$;
comment on function alerting.rule_example(text) is
'What params of a kind of rule look like, for hints. Null for an unknown kind.';
