create or replace function alerting.settle_findings(rule alerting.rule, findings alerting.finding[], at timestamptz) returns int
language plpgsql
as $$
#variable_conflict use_column
declare
  -- What goes on is counted again so often.
  c_repeat constant interval := interval '5 minutes';
  v_tenant_id int := rule.tenant_id;
  v_rule_id int := rule.rule_id;
  v_wait interval := case when rule.kind = 'no_data' then interval '0' else coalesce((rule.params ->> 'for')::interval, '0') end;
  v_is_new boolean := rule.evaluated_to is null;
  v_told alerting.signal[];
  v_ended text[];
  v_count int := 0;
begin
  if v_is_new then
    delete from alerting.rule_state s where s.tenant_id = v_tenant_id and s.rule_id = v_rule_id;
  end if;
  with judged as materialized (
    select n.subject, n.is_gone, n.pending_since, n.firing_since, n.severity, n.value, n.was_firing, n.summary, n.device_id, n.labels,
      not n.is_gone and n.firing_since is not null
        and (not n.was_firing or n.severity_before is distinct from n.severity or n.told_at <= at - c_repeat) as is_told
    from alerting.next_states(
      array(select s from alerting.rule_state s where s.tenant_id = v_tenant_id and s.rule_id = v_rule_id), findings, v_wait, at) n
  ),
  kept as (
    insert into alerting.rule_state as s (tenant_id, rule_id, subject, pending_since, firing_since, severity, hits, value, seen_at)
    select v_tenant_id, v_rule_id, j.subject, j.pending_since, j.firing_since, j.severity, j.is_told::int, j.value, at
    from judged j
    where not j.is_gone
    on conflict (tenant_id, rule_id, subject) do update
    set firing_since = excluded.firing_since, severity = excluded.severity, hits = s.hits + excluded.hits, value = excluded.value,
      seen_at = case when excluded.hits > 0 then excluded.seen_at else s.seen_at end
    where excluded.hits > 0
      or (s.firing_since, s.severity, s.value) is distinct from (excluded.firing_since, excluded.severity, excluded.value)
  ),
  forgotten as (
    delete from alerting.rule_state s
    using judged j
    where s.tenant_id = v_tenant_id and s.rule_id = v_rule_id and s.subject = j.subject and j.is_gone
  )
  select
    array(
      select row('rule:' || v_rule_id || ':' || j.subject, j.severity, j.summary, j.device_id, null, j.value, j.labels)::alerting.signal
      from judged j
      where j.is_told),
    array(select 'rule:' || v_rule_id || ':' || j.subject from judged j where j.is_gone and j.was_firing)
  into v_told, v_ended;

  if v_is_new then
    -- What the rule left open as it was before.
    v_ended := v_ended || array(
      select al.dedup_key
      from alerting.alert al
      where al.tenant_id = v_tenant_id and al.rule_id = v_rule_id and al.state = 'open'
        and not exists (select from pg_catalog.unnest(v_told) t where t.dedup_key = al.dedup_key));
  end if;
  if v_ended <> '{}' then
    v_count := v_count + alerting.resolve_signals(v_tenant_id, v_rule_id, v_ended);
  end if;
  if v_told <> '{}' then
    v_count := v_count + alerting.raise_signals(v_tenant_id, v_rule_id, v_told);
  end if;
  return v_count;
end
$$;
comment on function alerting.settle_findings(alerting.rule, alerting.finding[], timestamptz) is
'Compares what a rule finds now with its states: keeps alerting.rule_state, raises what begins, changes its severity or has gone on for five minutes more, and resolves what is no longer found. Keys are rule:<rule_id>:<subject>. Returns how many alerts were opened, begun again or ended.';
