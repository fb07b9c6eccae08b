create or replace function alerting.mute_alerts(tenant int, alert_ids bigint[]) returns int
language plpgsql
as $$
declare
  v_now timestamptz := pg_catalog.now();
  v_silences bigint[];
  v_inhibitions bigint[];
  v_muted int;
begin
  v_silences := array(
    select s.silence_id
    from alerting.silence s
    where s.tenant_id = mute_alerts.tenant and s.starts_at <= v_now and s.ends_at > v_now and alerting.silence_active_at(s, v_now));
  -- Held until the end, so that what is muted by them is there for whoever changes one (alerting.forget_inhibited).
  with held as (
    select i.inhibition_id
    from alerting.inhibition i
    where i.tenant_id = mute_alerts.tenant and i.enabled
    for share
  )
  select pg_catalog.array_agg(h.inhibition_id) into v_inhibitions from held h;
  if v_silences = '{}' and v_inhibitions is null then
    return 0;
  end if;

  -- Of the joins here none depends on how many rows the planner expects: it knows nothing of what has just been raised.
  with candidate as materialized (
    select al.alert_id, al.labels
    from pg_catalog.unnest(mute_alerts.alert_ids) x (alert_id)
    join alerting.alert al on al.tenant_id = mute_alerts.tenant and al.alert_id = x.alert_id
    where al.state = 'open' and al.muted_by is null
  ),
  silence as materialized (
    select s.silence_id, s.matchers, alerting.required_labels(s.matchers) as required
    from alerting.silence s
    where s.tenant_id = mute_alerts.tenant and s.silence_id = any (v_silences)
  ),
  silenced as (
    select c.alert_id, s.silence_id
    from candidate c
    join silence s on c.labels @> s.required and alerting.labels_match(c.labels, s.matchers)
  ),
  inhibition as materialized (
    select i as rule, i.inhibition_id, i.source_matchers, i.target_matchers,
      alerting.required_labels(i.source_matchers) as source_required, alerting.required_labels(i.target_matchers) as target_required
    from alerting.inhibition i
    where i.tenant_id = mute_alerts.tenant and i.inhibition_id = any (v_inhibitions)
  ),
  -- Many alerts may be a source: of those with one key the oldest counts, and the oldest that is no target itself.
  source as materialized (
    select i.inhibition_id, k.key, min(s.alert_id) as alert_id,
      min(s.alert_id) filter (where not alerting.labels_match(s.labels, i.target_matchers)) as one_sided_id
    from inhibition i
    join alerting.alert s on s.labels @> i.source_required and alerting.labels_match(s.labels, i.source_matchers)
    cross join lateral (select (alerting.inhibition_keys(i.rule, s.labels))[1] as key) k
    where s.tenant_id = mute_alerts.tenant and s.state = 'open'
    group by i.inhibition_id, k.key
  ),
  in_force as materialized (
    select i.* from inhibition i where i.inhibition_id in (select s.inhibition_id from source s)
  ),
  side as (
    select s.inhibition_id, s.key, s.alert_id as source_id, s.one_sided_id, null::bigint as target_id, null::boolean as two_sided
    from source s
    union all
    select i.inhibition_id, k.key, null, null, c.alert_id, alerting.labels_match(c.labels, i.source_matchers)
    from in_force i
    join candidate c on c.labels @> i.target_required and alerting.labels_match(c.labels, i.target_matchers)
    cross join lateral pg_catalog.unnest(alerting.inhibition_keys(i.rule, c.labels)) k (key)
  ),
  inhibited as (
    select x.target_id, case when x.two_sided then x.one_sided_id else x.source_id end as source_id
    from (
      select e.target_id, e.two_sided, min(e.source_id) over together as source_id, min(e.one_sided_id) over together as one_sided_id
      from side e
      window together as (partition by e.inhibition_id, e.key)
    ) x
    where x.target_id is not null
  ),
  reason as (
    select x.alert_id, min(x.silence_id) as silence_id, min(x.source_id) as source_id
    from (
      select d.alert_id, d.silence_id, null::bigint as source_id from silenced d
      union all
      select n.target_id, null, n.source_id from inhibited n where n.source_id is not null
    ) x
    group by x.alert_id
  )
  update alerting.alert al
  set muted_by = case when r.silence_id is not null then 'silence' else 'inhibition' end,
    muted_id = coalesce(r.silence_id, r.source_id)
  from reason r
  where al.tenant_id = mute_alerts.tenant and al.alert_id = r.alert_id and al.state = 'open';
  get diagnostics v_muted = row_count;
  return v_muted;
end
$$;
comment on function alerting.mute_alerts(int, bigint[]) is
'Marks those of the open alerts that a silence or, failing that, another open alert mutes now, and returns how many. muted_id is the silence, or the alert that inhibits; of several the oldest. In one statement for any number of alerts; at once when there is no silence in force and no inhibition. An alert that is muted itself still inhibits others, as in Alertmanager: what is wrong is wrong whether or not somebody is told.';
