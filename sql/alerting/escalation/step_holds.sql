create or replace function alerting.step_holds(step jsonb, severity text, ts timestamptz) returns boolean
language sql stable
as $$
  select detect.severity_rank(step_holds.severity) >= detect.severity_rank(coalesce(step ->> 'min_severity', 'low'))
    and (step ->> 'time_zone' is null or exists (
      -- A night belongs to the day on which it began.
      select
      from (select ts at time zone (step ->> 'time_zone') as local_ts) l
      cross join lateral (values (l.local_ts::date), (l.local_ts::date - 1)) d (day)
      cross join lateral (
        select d.day + coalesce((step ->> 'from_time')::time, time '00:00') as starts,
          case when step ->> 'to_time' is null then (d.day + 1)::timestamp
            when (step ->> 'to_time')::time > (step ->> 'from_time')::time then d.day + (step ->> 'to_time')::time
            else d.day + 1 + (step ->> 'to_time')::time end as ends
      ) h
      where l.local_ts >= h.starts and l.local_ts < h.ends
        and (step -> 'weekdays' is null or step -> 'weekdays' @> pg_catalog.to_jsonb(extract(isodow from d.day)::int))))
$$;
comment on function alerting.step_holds(jsonb, text, timestamptz) is
'Whether the conditions of a step (as in alerting.policy_snapshot) hold: severity, weekday and hours by the clock on the wall in the step''s time zone. Hours that end before they begin end on the next day and count for the weekday on which they began.';
