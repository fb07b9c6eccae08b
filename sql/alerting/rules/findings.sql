create or replace function alerting.findings(rule alerting.rule, at timestamptz) returns setof alerting.finding
language plpgsql stable
as $$
begin
  if rule.kind = 'no_data' then
    return query select f.* from alerting.no_data_findings(rule, at) f;
  elsif rule.kind = 'trend' then
    return query select f.* from alerting.trend_findings(rule, at) f;
  elsif rule.kind = 'forecast' then
    return query select f.* from alerting.forecast_findings(rule, at) f;
  elsif rule.kind = 'drift' then
    return query select f.* from alerting.drift_findings(rule, at) f;
  elsif rule.kind = 'system' then
    return query select f.* from alerting.system_findings(rule, at) f;
  else
    return query select f.* from alerting.view_findings(rule) f;
  end if;
end
$$;
comment on function alerting.findings(alerting.rule, timestamptz) is
'What a rule of the kinds no_data, trend, forecast, drift, system or view finds at an instant.';
