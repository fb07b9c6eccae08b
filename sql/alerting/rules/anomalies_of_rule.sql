create or replace function alerting.anomalies_of_rule(rule alerting.rule, anomalies bigint[])
returns table (
  anomaly_id bigint, stream_id int, device_id int, severity text, peak_score float8, started_at timestamptz, ended_at timestamptz, state text,
  metric text, profile text, summary text)
language sql stable
as $$
  select a.anomaly_id, a.stream_id, s.device_id, a.severity, a.peak_score, a.started_at, a.ended_at, a.state,
    a.explanation -> 0 ->> 'metric', p.name,
    pg_catalog.format('%s anomaly on %s: %s', a.severity, s.device,
      coalesce(a.explanation -> 0 ->> 'feature' || ' ' || (a.explanation -> 0 ->> 'direction') || ' its typical range', 'unusual readings'))
  from pg_catalog.unnest(anomalies_of_rule.anomalies) c (anomaly_id)
  join detect.anomaly a on a.tenant_id = (anomalies_of_rule.rule).tenant_id and a.anomaly_id = c.anomaly_id and a.state <> 'candidate'
  join alerting.rule_streams(anomalies_of_rule.rule) s on s.stream_id = a.stream_id
  join fleet.profile p on p.tenant_id = a.tenant_id and p.profile_id = s.profile_id
  where a.peak_score >= (anomalies_of_rule.rule).min_score
    and detect.severity_rank(a.severity) >= detect.severity_rank((anomalies_of_rule.rule).min_severity)
    and ((anomalies_of_rule.rule).params ->> 'model_scope' is null or exists (
      select from detect.model m
      where m.tenant_id = a.tenant_id and m.model_id = a.model_id and m.scope = (anomalies_of_rule.rule).params ->> 'model_scope'))
    and ((anomalies_of_rule.rule).params ->> 'persist' is null or alerting.has_persisted(
      a.tenant_id, a.stream_id, a.started_at, a.ended_at, (anomalies_of_rule.rule).min_severity,
      ((anomalies_of_rule.rule).params #>> '{persist,n}')::int, ((anomalies_of_rule.rule).params #>> '{persist,m}')::int))
$$;
comment on function alerting.anomalies_of_rule(alerting.rule, bigint[]) is
'Which of some anomalies a rule about anomalies is for: scope, least score and severity, kind of model, and whether it has persisted. max_age is not looked at.';
