create or replace function detect.explanation(tenant int, model int, vector float8[]) returns jsonb
language sql stable
as $$
  select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
    'feature', c.feature, 'metric', c.metric, 'unit', nullif(c.unit, ''), 'statistic', c.statistic, 'window', c.time_window,
    'value', c.value, 'typical_low', c.low, 'typical_median', c.median, 'typical_high', c.high,
    'direction', c.direction, 'contribution', pg_catalog.round(c.contribution::numeric, 4)))
    order by c.contribution desc, c.feature), '[]')
  from detect.contributions(tenant, model, vector, 5) c
$$;
comment on function detect.explanation(int, int, float8[]) is 'The five strongest contributions to a vector''s score as a JSON array.';
