create or replace function alerting.has_persisted(
  tenant int, stream int, started timestamptz, ended timestamptz, severity text, n int, m int
) returns boolean
language sql stable
as $$
  select coalesce(pg_catalog.bool_or(w.hits >= has_persisted.n), false)
  from (
    select pg_catalog.count(*) filter (where x.is_hit) over (order by x.ts rows between has_persisted.m - 1 preceding and current row) as hits
    from (
      select s.ts, s.score >= o.thresholds[detect.severity_rank(has_persisted.severity)] as is_hit
      from detect.score s
      join detect.model o on o.tenant_id = s.tenant_id and o.model_id = s.model_id
      where s.tenant_id = has_persisted.tenant and s.stream_id = has_persisted.stream
        and s.ts >= has_persisted.started and s.ts <= has_persisted.ended
    ) x
  ) w
$$;
comment on function alerting.has_persisted(int, int, timestamptz, timestamptz, text, int, int) is
'Whether at some time between started and ended, both inclusive, n of the last m scores of a stream reached the threshold of a severity, each by its own model.';
