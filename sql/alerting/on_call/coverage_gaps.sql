create or replace function alerting.coverage_gaps(tenant int, schedule int, "from" timestamptz, "to" timestamptz)
returns table (from_ts timestamptz, to_ts timestamptz, kind text)
language sql stable rows 10
as $$
  select f.from_ts, f.to_ts, f.source
  from alerting.final_schedule(tenant, schedule, "from", "to") f
  where f.source in ('gap', 'fallback')
  order by f.from_ts
$$;
comment on function alerting.coverage_gaps(int, int, timestamptz, timestamptz) is
'When no layer and no override of a schedule has anybody, in order of time: kind is gap when nobody is on call, fallback when the fallback is. Errors of alerting.final_schedule.';
