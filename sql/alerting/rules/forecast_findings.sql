create or replace function alerting.forecast_findings(rule alerting.rule, at timestamptz) returns setof alerting.finding
language plpgsql stable
-- Bounds that are known when a query is planned spare looking at every chunk.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_variable
declare
  -- What exponential smoothing learns from.
  c_least constant int := 10;
  v_metric text := rule.params ->> 'metric';
  v_op text := rule.params ->> 'op';
  v_limit float8 := (rule.params ->> 'limit')::float8;
  v_level float8 := (rule.params ->> 'interval')::float8;
  v_bucket interval := (rule.params ->> 'bucket')::interval;
  v_season interval := (rule.params ->> 'season')::interval;
  -- Whole buckets: one that is still filling would bend the end of the line.
  v_to timestamptz := pg_catalog.date_bin((rule.params ->> 'bucket')::interval, at, '2000-01-01 00:00:00+00');
  v_steps int := (extract(epoch from (rule.params ->> 'window')::interval) / extract(epoch from (rule.params ->> 'bucket')::interval))::int;
  v_from timestamptz := v_to - v_steps * v_bucket;
  v_horizon int := (extract(epoch from (rule.params ->> 'horizon')::interval) / extract(epoch from (rule.params ->> 'bucket')::interval))::int;
  v_options jsonb := case when v_season is null then '{}'
      else pg_catalog.jsonb_build_object('periods', pg_catalog.jsonb_build_array((extract(epoch from v_season) / extract(epoch from v_bucket))::int)) end
    || case when v_level is null then '{}' else pg_catalog.jsonb_build_object('level', v_level) end;
begin
  return query
  select 'stream:' || x.stream_id, rule.severity,
    pg_catalog.format('%s is expected to be %s %s on %s by %s UTC', v_metric,
      case v_op when '<' then 'below' when '>' then 'above' when '<=' then 'at most' else 'at least' end, v_limit, x.device,
      pg_catalog.to_char((v_to + x.step * v_bucket) at time zone 'UTC', 'YYYY-MM-DD HH24:MI')),
    x.device_id, (extract(epoch from v_to + x.step * v_bucket - at) / 3600)::float8, pg_catalog.jsonb_build_object('metric', v_metric), null::timestamptz
  from (
    select s.stream_id, s.device_id, s.device, f.step
    from alerting.rule_streams(rule) s
    join fleet.metric m on m.tenant_id = rule.tenant_id and m.profile_id = s.profile_id and m.name = v_metric
    cross join lateral (
      -- Gaps are nulls; a gap at the start is left out.
      select pg_catalog.array_agg(b.value order by n.step) as values, pg_catalog.count(b.value) as known,
        v_steps - pg_catalog.min(n.step) filter (where b.value is not null) as span
      from pg_catalog.generate_series(0, v_steps - 1) as n (step)
      left join (
        select (extract(epoch from pg_catalog.date_bin(v_bucket, h.ts, '2000-01-01 00:00:00+00') - v_from) / extract(epoch from v_bucket))::int as step,
          pg_catalog.avg(h.values[m.position]) as value
        from fleet.reading h
        where h.tenant_id = rule.tenant_id and h.stream_id = s.stream_id and h.ts >= v_from and h.ts < v_to
          and h.values[m.position] is not null
        group by 1
      ) b on b.step = n.step
    ) h
    cross join lateral (
      select c.step
      from vigil.forecast(h.values, v_horizon, v_options) c
      where alerting.breaches(
        case when v_level is null then c.value when v_op in ('<', '<=') then c.upper else c.lower end, v_op, v_limit)
      order by c.step
      limit 1
    ) f
    where h.known >= c_least and (v_season is null or h.span >= 2 * extract(epoch from v_season) / extract(epoch from v_bucket))
  ) x;
end
$$;
comment on function alerting.forecast_findings(alerting.rule, timestamptz) is
'In which streams of a rule''s scope the forecast of its metric, from the means of whole buckets in the window before an instant, breaches the limit within the horizon: the forecast itself, or with "interval" the whole interval of that probability. Streams with fewer than 10 buckets with values, or two seasons, are passed over. value is the hours until it does.';
