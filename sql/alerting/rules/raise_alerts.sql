create or replace function alerting.raise_alerts(tenant int) returns bigint
language plpgsql
as $$
#variable_conflict use_column
declare
  -- Long enough for a transaction that was changing anomalies to have ended.
  c_overlap constant interval := interval '10 minutes';
  v_rule alerting.rule;
  v_pending bigint[];
  v_anomalies bigint[];
  v_signals alerting.signal[];
  v_ended text[];
  v_count bigint := 0;
begin
  -- What ended since it was told. First, so that an anomaly that was over when it was found is told once before it is resolved.
  for v_rule in
    select r.* from alerting.rule r where r.tenant_id = tenant and r.kind = 'anomaly' and r.enabled order by r.rule_id
  loop
    v_ended := array(
      select al.dedup_key
      from alerting.alert al
      left join detect.anomaly a on a.tenant_id = al.tenant_id and a.anomaly_id = al.anomaly_id
      where al.tenant_id = tenant and al.rule_id = v_rule.rule_id and al.state = 'open' and al.quiet_since is null
        and a.state is distinct from 'open');
    if v_ended <> '{}' then
      v_count := v_count + alerting.resolve_signals(tenant, v_rule.rule_id, v_ended);
    end if;
  end loop;

  with taken as (
    update detect.anomaly a
    set alert_pending = false
    where a.tenant_id = tenant and a.alert_pending
    returning a.anomaly_id
  )
  select coalesce(pg_catalog.array_agg(t.anomaly_id), '{}') into v_pending from taken t;

  for v_rule in
    select r.*
    from alerting.rule r
    where r.tenant_id = tenant and r.kind = 'anomaly' and r.enabled
      and (v_pending <> '{}' or r.evaluated_to is null or r.params ->> 'persist' is not null)
    order by r.rule_id
  loop
    v_anomalies := v_pending;
    if v_rule.evaluated_to is null or v_rule.params ->> 'persist' is not null then
      -- A rule that is new looks at all that is open; what is to persist may come to do so after it was found.
      v_anomalies := v_anomalies || array(
        select a.anomaly_id
        from detect.anomaly a
        where a.tenant_id = tenant and a.state = 'open' and a.anomaly_id <> all (v_pending)
          and (v_rule.evaluated_to is null or a.updated_at > v_rule.evaluated_to - c_overlap
            and not exists (
              select from alerting.alert al
              where al.tenant_id = tenant and al.rule_id = v_rule.rule_id and al.state = 'open' and al.anomaly_id = a.anomaly_id)));
    end if;
    v_signals := array(
      select row('rule:' || v_rule.rule_id || ':stream:' || x.stream_id, x.severity, x.summary, x.device_id, x.anomaly_id, x.peak_score,
        pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('profile', x.profile, 'metric', x.metric)))::alerting.signal
      from (
        -- The newest of a stream, since a stream has one alert.
        select distinct on (m.stream_id) m.stream_id, m.severity, m.summary, m.device_id, m.anomaly_id, m.peak_score, m.profile, m.metric
        from alerting.anomalies_of_rule(v_rule, v_anomalies) m
        where m.ended_at >= pg_catalog.now() - v_rule.max_age
          -- What late readings bring to light of an earlier time must not take the alert from what is going on: it is over
          -- already and would resolve it. A rule that is new has all that is open before it and needs no such care.
          and not (m.state = 'closed' and v_rule.evaluated_to is not null and exists (
            select
            from alerting.alert al
            join detect.anomaly g on g.tenant_id = al.tenant_id and g.anomaly_id = al.anomaly_id
            where al.tenant_id = tenant and al.state = 'open'
              and al.dedup_key = 'rule:' || v_rule.rule_id || ':stream:' || m.stream_id
              and g.state = 'open' and g.anomaly_id <> m.anomaly_id and g.ended_at > m.ended_at))
        order by m.stream_id, m.ended_at desc
      ) x);
    if v_rule.evaluated_to is null then
      v_ended := array(
        select al.dedup_key
        from alerting.alert al
        where al.tenant_id = tenant and al.rule_id = v_rule.rule_id and al.state = 'open' and al.quiet_since is null
          and not exists (select from pg_catalog.unnest(v_signals) s where s.dedup_key = al.dedup_key));
      if v_ended <> '{}' then
        v_count := v_count + alerting.resolve_signals(tenant, v_rule.rule_id, v_ended);
      end if;
    end if;
    if v_signals <> '{}' then
      v_count := v_count + alerting.raise_signals(tenant, v_rule.rule_id, v_signals);
    end if;
    update alerting.rule r
    set evaluated_to = pg_catalog.now()
    where r.tenant_id = tenant and r.rule_id = v_rule.rule_id;
  end loop;

  perform alerting.group_alerts(tenant);
  return v_count;
end
$$;
comment on function alerting.raise_alerts(int) is
'Hands the tenant''s new and worsened anomalies to its rules about them, one alert for a rule and stream (key rule:<rule_id>:stream:<stream_id>) that stays with the anomaly that is going on, resolves those whose anomaly has closed, and gives new alerts to incidents. A rule that is new, or was changed, looks at all that is open. Returns how many alerts were opened, begun again or ended.';
