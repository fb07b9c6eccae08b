create or replace function alerting.drift_findings(rule alerting.rule, at timestamptz) returns setof alerting.finding
language plpgsql stable
-- Bounds that are known when a query is planned spare looking at every chunk.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_variable
declare
  v_metric text := rule.params ->> 'metric';
  v_test text := coalesce(rule.params ->> 'test', 'psi');
  v_bins int := coalesce((rule.params ->> 'bins')::int, 10);
  v_min_n int := coalesce((rule.params ->> 'min_n')::int, 200);
  v_limits float8[] := alerting.level_limits(rule.params);
  v_current timestamptz := at - (rule.params ->> 'current')::interval;
  v_from timestamptz := v_current - (rule.params ->> 'reference')::interval;
begin
  return query
  select 'stream:' || x.stream_id, alerting.severity_name(x.level),
    pg_catalog.format('%s on %s has drifted (%s %s over %s)', v_metric, x.device, v_test, pg_catalog.round(x.distance::numeric, 3)::float8,
      rule.params ->> 'current'),
    x.device_id, x.distance, pg_catalog.jsonb_build_object('metric', v_metric), null::timestamptz
  from (
    select w.stream_id, w.device_id, w.device, w.distance, alerting.level_of(w.distance, '>=', v_limits, null) as level
    from (
      select s.stream_id, s.device_id, s.device,
        case v_test
          when 'psi' then vigil.psi(h.reference, h.current, v_bins)
          when 'js' then vigil.js_divergence(h.reference, h.current, v_bins)
          else (vigil.ks_test(h.reference, h.current)).statistic
        end as distance
      from alerting.rule_streams(rule) s
      join fleet.metric m on m.tenant_id = rule.tenant_id and m.profile_id = s.profile_id and m.name = v_metric
      cross join lateral (
        select vigil.distribution_agg(r.values[m.position]) filter (where r.ts <= v_current) as reference,
          vigil.distribution_agg(r.values[m.position]) filter (where r.ts > v_current) as current,
          least(pg_catalog.count(*) filter (where r.ts <= v_current), pg_catalog.count(*) filter (where r.ts > v_current)) as n
        from fleet.reading r
        where r.tenant_id = rule.tenant_id and r.stream_id = s.stream_id and r.ts > v_from and r.ts <= at
          and r.values[m.position] is not null
        offset 0
      ) h
      where h.n >= v_min_n
    ) w
  ) x
  where x.level > 0;
end
$$;
comment on function alerting.drift_findings(alerting.rule, timestamptz) is
'In which streams of a rule''s scope the values of its metric in the current span before an instant differ from those of the reference span before it by a level or more, with at least min_n (200) values in both. test is psi, ks (the statistic) or js; psi and js want 20 values for each bin of the reference. value is the distance.';
