create or replace function alerting.next_states(states alerting.rule_state[], findings alerting.finding[], wait interval, at timestamptz)
returns table (
  subject text, is_gone boolean, pending_since timestamptz, firing_since timestamptz, severity text, value float8,
  was_firing boolean, severity_before text, told_at timestamptz, summary text, device_id int, labels jsonb)
language sql stable
as $$
  select x.subject, x.is_gone, x.pending_since,
    case when x.is_gone then x.fired_at else coalesce(x.fired_at, case when x.pending_since + next_states.wait <= next_states.at then x.pending_since + next_states.wait end) end,
    x.severity, x.value, x.fired_at is not null, x.severity_before, x.told_at, x.summary, x.device_id, x.labels
  from (
    select coalesce(f.subject, s.subject) as subject, f.subject is null as is_gone, coalesce(s.pending_since, f.since, next_states.at) as pending_since,
      s.firing_since as fired_at, coalesce(f.severity, s.severity) as severity, coalesce(f.value, s.value) as value,
      s.severity as severity_before, s.seen_at as told_at, f.summary, f.device_id, f.labels
    from pg_catalog.unnest(next_states.states) s
    full join (
      select distinct on (u.subject) u.subject, u.severity, u.summary, u.device_id, u.value, u.labels, u.since
      from pg_catalog.unnest(next_states.findings) u
      order by u.subject, detect.severity_rank(u.severity) desc
    ) f on f.subject = s.subject
  ) x
$$;
comment on function alerting.next_states(alerting.rule_state[], alerting.finding[], interval, timestamptz) is
'How the states of a rule go on with what it finds at an instant: what is found waits since it began, or was found first, and fires when it has been found for wait; what is no longer found is gone. Of several findings about a subject the most severe counts.';
