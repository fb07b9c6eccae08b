create or replace function alerting.try_rule(rule alerting.rule, from_ts timestamptz, to_ts timestamptz)
returns table (subject text, device text, severity text, started_at timestamptz, ended_at timestamptz, value float8, summary text)
language plpgsql stable
as $$
#variable_conflict use_column
declare
  v_wait interval := coalesce((rule.params ->> 'for')::interval, '0') + coalesce((rule.params ->> 'bucket')::interval, '0');
  v_streams int[];
begin
  if rule.kind = 'anomaly' then
    return query
    select 'stream:' || m.stream_id, d.external_id, m.severity, m.started_at, case when m.state = 'closed' then m.ended_at end, m.peak_score, m.summary
    from alerting.anomalies_of_rule(rule, array(
      select a.anomaly_id
      from detect.anomaly a
      where a.tenant_id = rule.tenant_id and a.state <> 'candidate' and a.started_at <= to_ts and a.ended_at >= from_ts)) m
    join fleet.device d on d.tenant_id = rule.tenant_id and d.device_id = m.device_id;
  elsif rule.kind = 'threshold' then
    v_streams := array(
      select s.stream_id
      from alerting.rule_streams(rule) s
      join fleet.metric m on m.tenant_id = rule.tenant_id and m.profile_id = s.profile_id and m.name = rule.params ->> 'metric');
    return query
    select 'stream:' || e.stream_id, d.external_id, alerting.severity_name(e.worst), e.started_at, e.ended_at, e.worst_value,
      alerting.threshold_summary(rule.params, e.worst, d.name, e.worst_value)
    from alerting.threshold_episodes(rule, v_streams,
      pg_catalog.array_fill(from_ts - v_wait - interval '1 microsecond', array[pg_catalog.cardinality(v_streams)]),
      pg_catalog.array_fill(null::jsonb, array[pg_catalog.cardinality(v_streams)]), to_ts, to_ts) e
    join fleet.stream st on st.tenant_id = rule.tenant_id and st.stream_id = e.stream_id
    join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id
    where e.started_at <= to_ts and (e.ended_at is null or e.ended_at > from_ts);
  elsif rule.kind = 'no_data' then
    return query
    select e.subject, e.device, rule.severity, e.started_at, e.ended_at, e.value, e.summary
    from alerting.no_data_episodes(rule, from_ts, to_ts) e;
  elsif rule.kind in ('trend', 'forecast', 'drift') then
    return query
    select e.subject, d.external_id, e.severity, e.started_at, e.ended_at, e.value, e.summary
    from alerting.finding_episodes(rule, from_ts, to_ts) e
    left join fleet.device d on d.tenant_id = rule.tenant_id and d.device_id = e.device_id;
  else
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('rules of kind %s cannot be tried on history', rule.kind),
      hint = 'What they look at is known as of now only; save the rule and watch GET /alerts.';
  end if;
end
$$;
comment on function alerting.try_rule(alerting.rule, timestamptz, timestamptz) is
'Which alerts a rule would have raised between two instants, by the readings, devices and models of today: as the evaluation does, from the same functions. ended_at is null where it goes on at the end; value and summary are those at which it was as severe as it got. max_age is not looked at. 22023 for kinds without history, or too many evaluations.';
