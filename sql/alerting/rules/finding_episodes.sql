create or replace function alerting.finding_episodes(rule alerting.rule, from_ts timestamptz, to_ts timestamptz)
returns table (subject text, device_id int, severity text, started_at timestamptz, ended_at timestamptz, value float8, summary text)
language plpgsql stable
as $$
#variable_conflict use_column
declare
  c_most constant int := 1000;
  v_every interval := alerting.rule_every(rule.kind, rule.params);
  v_wait interval := coalesce((rule.params ->> 'for')::interval, '0');
  v_states alerting.rule_state[] := array[]::alerting.rule_state[];
  v_at timestamptz;
  v_next record;
  v_detail jsonb;
  v_kept alerting.rule_state[];
begin
  if (to_ts - from_ts) > c_most * v_every then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('a rule of kind %s is tried at most %s times, each %s', rule.kind, c_most, v_every),
      hint = 'Choose a shorter time range, or a longer "every".';
  end if;
  for v_at in
    select g from pg_catalog.generate_series(from_ts, to_ts, v_every) g
  loop
    v_kept := array[]::alerting.rule_state[];
    for v_next in
      select n.subject, n.is_gone, n.pending_since, n.firing_since, n.severity, n.value, n.was_firing, n.summary, n.device_id, s.detail
      from alerting.next_states(v_states, array(select f from alerting.findings(rule, v_at) f), v_wait, v_at) n
      left join pg_catalog.unnest(v_states) s on s.subject = n.subject
    loop
      if v_next.is_gone then
        if v_next.was_firing then
          return query
          select v_next.subject, (v_next.detail ->> 'device_id')::int, v_next.detail ->> 'severity', v_next.firing_since, v_at,
            (v_next.detail ->> 'value')::float8, v_next.detail ->> 'summary';
        end if;
      else
        -- As severe as it got.
        v_detail := v_next.detail;
        if v_next.firing_since is not null
          and (v_detail is null or detect.severity_rank(v_next.severity) > detect.severity_rank(v_detail ->> 'severity')) then
          v_detail := pg_catalog.jsonb_build_object('severity', v_next.severity, 'value', v_next.value, 'summary', v_next.summary, 'device_id', v_next.device_id);
        end if;
        v_kept := v_kept || row(rule.tenant_id, rule.rule_id, v_next.subject, v_next.pending_since, v_next.firing_since, v_next.severity, 0,
          v_next.value, v_detail, v_at)::alerting.rule_state;
      end if;
    end loop;
    v_states := v_kept;
  end loop;
  return query
  select s.subject, (s.detail ->> 'device_id')::int, s.detail ->> 'severity', s.firing_since, null::timestamptz,
    (s.detail ->> 'value')::float8, s.detail ->> 'summary'
  from pg_catalog.unnest(v_states) s
  where s.firing_since is not null;
end
$$;
comment on function alerting.finding_episodes(alerting.rule, timestamptz, timestamptz) is
'What a rule of the kinds trend, forecast or drift would have raised had it been evaluated from the first instant to the second at its own pace: one row for each subject and spell, at its highest severity. 22023 for more than 1000 evaluations.';
