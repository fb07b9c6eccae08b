create or replace function alerting.evaluate_threshold(rule alerting.rule, at timestamptz) returns int
language plpgsql
as $$
#variable_conflict use_column
declare
  -- What goes on is counted again so often.
  c_repeat constant interval := interval '5 minutes';
  v_tenant_id int := rule.tenant_id;
  v_rule_id int := rule.rule_id;
  v_params jsonb := rule.params;
  v_wait interval := coalesce((v_params ->> 'for')::interval, '0');
  v_bucket interval := (v_params ->> 'bucket')::interval;
  v_is_new boolean := rule.evaluated_snapshot is null
    -- Of another database, as after a restore.
    or pg_catalog.pg_snapshot_xmax(rule.evaluated_snapshot) > pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot());
  v_oldest timestamptz := at - rule.max_age;
  v_done timestamptz := pg_catalog.date_bin(v_bucket, rule.evaluated_to, '2000-01-01 00:00:00+00');
  v_has_bucket boolean := pg_catalog.date_bin(v_bucket, at, '2000-01-01 00:00:00+00') > v_done;
  v_snapshot pg_snapshot;
  v_streams int[];
  v_froms timestamptz[];
  v_states jsonb[];
  v_over alerting.signal[];
  v_current alerting.signal[];
  v_ended text[];
  v_left text[];
  v_count int := 0;
begin
  if v_is_new then
    delete from alerting.rule_state s where s.tenant_id = v_tenant_id and s.rule_id = v_rule_id;
    select pg_catalog.pg_current_snapshot(), pg_catalog.array_agg(x.stream_id), pg_catalog.array_agg(x.from_ts), pg_catalog.array_agg(null::jsonb)
    into v_snapshot, v_streams, v_froms, v_states
    from (
      -- As far back as it takes to tell whether it has lasted.
      select s.stream_id,
        case when v_bucket is null then l.seen[m.position] - v_wait - interval '1 microsecond'
          else pg_catalog.date_bin(v_bucket, l.seen[m.position] - v_wait, '2000-01-01 00:00:00+00') - v_bucket end as from_ts
      from alerting.rule_streams(rule) s
      join fleet.metric m on m.tenant_id = v_tenant_id and m.profile_id = s.profile_id and m.name = v_params ->> 'metric'
      join fleet.latest l on l.tenant_id = v_tenant_id and l.stream_id = s.stream_id
      where l.seen[m.position] > v_oldest
    ) x;
  else
    with change as (
      select w.stream_id, pg_catalog.min(c.from_ts) as from_ts
      from fleet.export_change c
      cross join pg_catalog.unnest(c.streams) r
      cross join pg_catalog.generate_series(pg_catalog.lower(r), pg_catalog.upper(r) - 1) w (stream_id)
      where c.tenant_id = v_tenant_id
        and c.xid >= pg_catalog.pg_snapshot_xmin(rule.evaluated_snapshot)
        -- What this transaction itself has written counts as well.
        and (not pg_catalog.pg_visible_in_snapshot(c.xid, rule.evaluated_snapshot)
          or c.xid = pg_catalog.pg_current_xact_id_if_assigned())
        and c.to_ts > v_oldest
      group by w.stream_id
      union all
      select l.stream_id, v_done
      from fleet.latest l
      where v_has_bucket and l.tenant_id = v_tenant_id and l.ts >= v_done
    ),
    known as (
      select pg_catalog.split_part(s.subject, ':', 2)::int as stream_id, s.detail,
        (s.detail ->> 'seen')::timestamptz as seen_ts, (s.detail ->> 'base')::timestamptz as base, (s.detail ->> 'due')::timestamptz <= at as is_due
      from alerting.rule_state s
      where s.tenant_id = v_tenant_id and s.rule_id = v_rule_id
    ),
    touched as (
      select stream_id, pg_catalog.min(c.from_ts) as from_ts, k.detail, k.seen_ts, k.base
      from change c
      full join known k using (stream_id)
      where c.stream_id is not null or k.is_due
      group by stream_id, k.detail, k.seen_ts, k.base
    ),
    start as (
      select t.stream_id, t.detail, t.seen_ts, t.base,
        case when v_bucket is null then greatest(t.from_ts, v_oldest) - interval '1 microsecond'
          else pg_catalog.date_bin(v_bucket, greatest(t.from_ts, v_oldest), '2000-01-01 00:00:00+00') end as from_ts,
        -- A late reading within what goes on, or waits: that is looked at again from before it began.
        t.from_ts < t.seen_ts and t.base >= v_oldest as is_late
      from touched t
      where exists (select from alerting.rule_streams(rule) s where s.stream_id = t.stream_id)
    )
    select pg_catalog.pg_current_snapshot(), pg_catalog.array_agg(s.stream_id),
      pg_catalog.array_agg(case when s.is_late then s.base else coalesce(s.seen_ts, s.from_ts) end),
      pg_catalog.array_agg(case when s.is_late then null else s.detail end)
    into v_snapshot, v_streams, v_froms, v_states
    from start s;
  end if;

  if v_streams is not null then
    with episode as materialized (
      select e.stream_id, e.started_at, e.ended_at, e.severity, e.worst, e.worst_value, e.value, e.seen_at, e.state, e.started_at is not null and e.ended_at is null as is_firing
      from alerting.threshold_episodes(rule, v_streams, v_froms, v_states, 'infinity', at) e
    ),
    evaluated as materialized (
      select w.stream_id, 'stream:' || w.stream_id as subject, s.firing_since, s.severity, coalesce(s.hits, 0) as hits, s.seen_at
      from pg_catalog.unnest(v_streams) w (stream_id)
      left join alerting.rule_state s on s.tenant_id = v_tenant_id and s.rule_id = v_rule_id and s.subject = 'stream:' || w.stream_id
    ),
    named as (
      select e.stream_id, e.started_at, e.ended_at, e.is_firing, e.state, e.seen_at as reading_ts,
        v.subject, v.firing_since, v.severity as severity_before, v.hits, v.seen_at as told_at,
        d.device_id, d.name, p.name as profile,
        case when e.ended_at is null then e.severity else e.worst end as severity,
        case when e.ended_at is null then e.value else e.worst_value end as value
      from episode e
      join evaluated v on v.stream_id = e.stream_id
      join fleet.stream st on st.tenant_id = v_tenant_id and st.stream_id = e.stream_id
      join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id
      join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
    ),
    judged as materialized (
      select n.stream_id, n.ended_at, n.is_firing, n.subject, n.started_at, n.state, n.severity, n.value, n.device_id, n.name, n.profile,
        case
          when n.ended_at is not null then n.ended_at >= v_oldest and n.started_at is distinct from n.firing_since
          when n.is_firing and n.reading_ts >= v_oldest
            then n.hits = 0 or n.started_at is distinct from n.firing_since
              or n.severity_before is distinct from alerting.severity_name(n.severity) or n.told_at <= at - c_repeat
          else false
        end as is_told
      from named n
    ),
    kept as (
      insert into alerting.rule_state as s (tenant_id, rule_id, subject, pending_since, firing_since, severity, hits, value, detail, seen_at)
      select v_tenant_id, v_rule_id, j.subject,
        (select pg_catalog.min(x.value::timestamptz) from pg_catalog.jsonb_array_elements_text(j.state -> 'since') x (value)),
        j.started_at, alerting.severity_name(j.severity), j.is_told::int, j.value, j.state, at
      from judged j
      where j.state is not null
      on conflict (tenant_id, rule_id, subject) do update
      set pending_since = excluded.pending_since, firing_since = excluded.firing_since, severity = excluded.severity,
        hits = s.hits + excluded.hits, value = excluded.value, detail = excluded.detail,
        seen_at = case when excluded.hits > 0 then excluded.seen_at else s.seen_at end
    ),
    forgotten as (
      delete from alerting.rule_state s
      using evaluated v
      where s.tenant_id = v_tenant_id and s.rule_id = v_rule_id and s.subject = v.subject
        and not exists (select from episode e where e.stream_id = v.stream_id and e.state is not null)
    ),
    told as (
      select j.ended_at is not null as is_over,
        row('rule:' || v_rule_id || ':' || j.subject, alerting.severity_name(j.severity),
          alerting.threshold_summary(v_params, j.severity, j.name, j.value), j.device_id, null, j.value,
          pg_catalog.jsonb_build_object('metric', v_params ->> 'metric', 'profile', j.profile))::alerting.signal as signal
      from judged j
      where j.is_told
    )
    select
      array(select t.signal from told t where t.is_over),
      array(select t.signal from told t where not t.is_over),
      array(
        select 'rule:' || v_rule_id || ':' || j.subject from judged j where j.ended_at is not null
        union
        select 'rule:' || v_rule_id || ':' || v.subject from evaluated v
        where v.firing_since is not null and not exists (select from judged j where j.stream_id = v.stream_id and j.is_firing))
    into v_over, v_current, v_ended;

    -- What had ended before it could be told is on record, and open for nobody.
    if v_over <> '{}' then
      v_count := v_count + alerting.raise_signals(v_tenant_id, v_rule_id, v_over);
    end if;
    if v_ended <> '{}' then
      v_count := v_count + alerting.resolve_signals(v_tenant_id, v_rule_id, v_ended);
    end if;
    if v_current <> '{}' then
      v_count := v_count + alerting.raise_signals(v_tenant_id, v_rule_id, v_current);
    end if;
  end if;

  -- What has left the scope, and of a rule that is new what the one before left open.
  with gone as (
    delete from alerting.rule_state s
    where s.tenant_id = v_tenant_id and s.rule_id = v_rule_id
      -- What is over is remembered for as long as its readings may be looked at again.
      and (s.pending_since is null and (s.detail ->> 'over')::timestamptz < v_oldest
        or not exists (
          select from alerting.rule_streams(rule) x where x.stream_id = pg_catalog.split_part(s.subject, ':', 2)::int))
    returning s.subject
  )
  select pg_catalog.array_agg('rule:' || v_rule_id || ':' || g.subject) into v_left from gone g;
  if v_is_new then
    select v_left || pg_catalog.array_agg(al.dedup_key) into v_left
    from alerting.alert al
    where al.tenant_id = v_tenant_id and al.rule_id = v_rule_id and al.state = 'open'
      and not exists (
        select from alerting.rule_state s
        where s.tenant_id = al.tenant_id and s.rule_id = al.rule_id and s.firing_since is not null
          and al.dedup_key = 'rule:' || s.rule_id || ':' || s.subject);
  end if;
  if v_left is not null then
    v_count := v_count + alerting.resolve_signals(v_tenant_id, v_rule_id, v_left);
  end if;

  if v_is_new or v_streams is not null or v_has_bucket then
    update alerting.rule r
    set evaluated_snapshot = v_snapshot
    where r.tenant_id = v_tenant_id and r.rule_id = v_rule_id;
  end if;
  return v_count;
end
$$;
comment on function alerting.evaluate_threshold(alerting.rule, timestamptz) is
'Looks at what was written since the rule''s last evaluation, late readings within max_age included, and at what time alone brings about; keeps alerting.rule_state, and raises and resolves alerts with keys rule:<rule_id>:stream:<stream_id>. An episode that was over when it was found is recorded and resolved. A rule that is new begins with the newest readings of its scope. Returns how many alerts were opened, begun again or ended.';
