create or replace function alerting.trend_findings(rule alerting.rule, at timestamptz) returns setof alerting.finding
language plpgsql stable
-- Bounds that are known when a query is planned spare looking at every chunk.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_variable
declare
  v_op text := rule.params ->> 'op';
  v_limits float8[] := alerting.level_limits(rule.params);
  v_per float8 := extract(epoch from (rule.params ->> 'slope_per')::interval);
  v_max_p float8 := coalesce((rule.params ->> 'max_p')::float8, 0.05);
  v_from timestamptz := at - (rule.params ->> 'window')::interval;
begin
  return query
  select 'stream:' || x.stream_id, alerting.severity_name(x.level),
    pg_catalog.format('%s %s by %s per %s on %s', rule.params ->> 'metric', case when x.slope < 0 then 'falls' else 'rises' end,
      pg_catalog.round(abs(x.slope)::numeric, 4)::float8, rule.params ->> 'slope_per', x.device),
    x.device_id, x.slope, pg_catalog.jsonb_build_object('metric', rule.params ->> 'metric'), null::timestamptz
  from (
    select w.stream_id, w.device_id, w.device, w.slope, alerting.level_of(w.slope, v_op, v_limits, null) as level
    from (
      select s.stream_id, s.device_id, s.device, vigil.slope(t.trend) * v_per as slope, vigil.p_value(t.trend) as p
      from alerting.rule_streams(rule) s
      join fleet.metric m on m.tenant_id = rule.tenant_id and m.profile_id = s.profile_id and m.name = rule.params ->> 'metric'
      cross join lateral (
        select vigil.trend_agg(h.ts, h.values[m.position]) as trend
        from fleet.reading h
        where h.tenant_id = rule.tenant_id and h.stream_id = s.stream_id and h.ts > v_from and h.ts <= at
          and h.values[m.position] is not null
      ) t
    ) w
    where w.p <= v_max_p
  ) x
  where x.level > 0;
end
$$;
comment on function alerting.trend_findings(alerting.rule, timestamptz) is
'In which streams of a rule''s scope the least-squares slope of its metric over the window before an instant breaches a level, with a p-value of at most max_p (0.05). value is the slope per slope_per.';
