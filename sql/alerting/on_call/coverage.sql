create or replace function alerting.coverage(tenant int, schedule int, "from" timestamptz, "to" timestamptz,
  out covered float8, out by_fallback float8, out gaps bigint)
language sql stable
as $$
  select 1 - coalesce(pg_catalog.sum(g.share) filter (where g.kind = 'gap'), 0), coalesce(pg_catalog.sum(g.share) filter (where g.kind = 'fallback'), 0),
    pg_catalog.count(*) filter (where g.kind = 'gap')
  from (
    select c.kind, (extract(epoch from c.to_ts - c.from_ts) / extract(epoch from "to" - "from"))::float8 as share
    from alerting.coverage_gaps(tenant, schedule, "from", "to") c
  ) g
$$;
comment on function alerting.coverage(int, int, timestamptz, timestamptz) is
'Share of a range (0 to 1) in which somebody is on call, the share in which it is only the fallback, and in how many pieces nobody is. Errors of alerting.final_schedule.';
