create or replace function alerting.threshold_summary(params jsonb, severity int, device text, value float8) returns text
language sql immutable parallel safe
as $$
  select pg_catalog.format('%s%s is %s on %s (%s %s%s)',
    params ->> 'metric',
    case when coalesce(params ->> 'of', 'value') <> 'value' then pg_catalog.format(' (%s of %s)', params ->> 'of', params ->> 'bucket') else '' end,
    pg_catalog.round(value::numeric, 4)::float8,
    device,
    case params ->> 'op' when '<' then 'below' when '>' then 'above' when '<=' then 'at most' else 'at least' end,
    (alerting.level_limits(params))[severity],
    ' for ' || (params ->> 'for'))
$$;
comment on function alerting.threshold_summary(jsonb, int, text, float8) is
'The summary of an alert about a threshold: metric, value, device and the limit of its severity, given by rank.';
