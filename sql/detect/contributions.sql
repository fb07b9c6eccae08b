create or replace function detect.contributions(tenant int, model int, vector float8[], strongest int)
returns table (
  feature text, metric text, unit text, statistic text, time_window interval,
  value float8, low float8, median float8, high float8, direction text, contribution float8
)
language sql stable
as $$
  select f.name, k.name, k.unit, f.statistic, f.time_window,
    vector[f.position], m.feature_low[f.position], m.feature_median[f.position], m.feature_high[f.position],
    case
      when vector[f.position] > m.feature_high[f.position] then 'above'
      when vector[f.position] < m.feature_low[f.position] then 'below'
      else 'within'
    end,
    c.contribution
  from detect.model m
  cross join lateral pg_catalog.unnest(vigil.explain(m.bytes, vector)) with ordinality as c (contribution, position)
  join detect.feature f on f.tenant_id = m.tenant_id and f.feature_set_id = m.feature_set_id and f.position = c.position
  join detect.feature_set fs on fs.tenant_id = m.tenant_id and fs.feature_set_id = m.feature_set_id
  join fleet.metric k on k.tenant_id = m.tenant_id and k.profile_id = fs.profile_id and k.position = f.metric_position
  where m.tenant_id = tenant and m.model_id = model
  order by c.contribution desc, f.position
  limit strongest
$$;
comment on function detect.contributions(int, int, float8[], int) is
'The features that contribute most to a vector''s score, strongest first, with value and typical range (1st to 99th percentile and median in training). All contributions of a vector add up to its score.';
