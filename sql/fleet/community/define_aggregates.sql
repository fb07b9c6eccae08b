create or replace function fleet.define_aggregates() returns void
language plpgsql
as $$
declare
  v_bucket interval;
begin
  for v_bucket in
    select distinct r.bucket
    from fleet.rollup r
    where r.enabled and pg_catalog.to_regclass(fleet.aggregate_name(r.bucket)) is null
  loop
    -- A hypertable with row security is refused; nobody else sees it without, since this is one transaction.
    alter table fleet.reading disable row level security;
    execute pg_catalog.format(
      $sql$
      create materialized view %s with (timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false) as
      select r.tenant_id, r.stream_id, public.time_bucket(%L::interval, r.ts) as ts, count(*) as readings,
        vigil.stats_agg(r.ts, r.values) as state, vigil.num_vals(vigil.stats_agg(r.ts, r.values))::int[] as counts,
        vigil.average(vigil.stats_agg(r.ts, r.values)) as means, vigil.min_val(vigil.stats_agg(r.ts, r.values)) as minima,
        vigil.max_val(vigil.stats_agg(r.ts, r.values)) as maxima
      from fleet.reading r
      join fleet.stream_rollup s on s.tenant_id = r.tenant_id and s.stream_id = r.stream_id and s.made and s.bucket = %L::interval
      group by 1, 2, 3
      with no data
      $sql$, fleet.aggregate_name(v_bucket), v_bucket, v_bucket);
    alter table fleet.reading enable row level security;
    execute pg_catalog.format('create index on %s (tenant_id, stream_id, ts)', fleet.aggregate_name(v_bucket));
    execute pg_catalog.format(
      $sql$comment on view %s is 'Summaries of all tenants in buckets of this width; read through fleet.summary.'$sql$,
      fleet.aggregate_name(v_bucket));
    -- The job refreshes it, and only its owner may.
    execute pg_catalog.format('alter materialized view %s owner to vigil_jobs', fleet.aggregate_name(v_bucket));
    execute pg_catalog.format('grant select on %s to vigil_owner', fleet.aggregate_name(v_bucket));
  end loop;

  -- Continuous aggregates carry no policies: this view alone is granted, and has the tenant's predicate in every arm, ahead
  -- of whatever its reader asks for.
  execute pg_catalog.format('create or replace view fleet.summary with (security_barrier = true) as %s', (
    select pg_catalog.string_agg(pg_catalog.format(
      $sql$
      select k.tenant_id, k.stream_id, %L::interval as bucket, k.ts, k.readings, k.state, k.counts, k.means, k.minima, k.maxima
      from %s k
      where k.tenant_id = (select auth.tenant_id())
      $sql$, a.bucket, fleet.aggregate_name(a.bucket)), ' union all ' order by a.bucket)
    from (select distinct r.bucket from fleet.rollup r where pg_catalog.to_regclass(fleet.aggregate_name(r.bucket)) is not null) a));
  alter view fleet.summary owner to vigil_owner;
  grant select on fleet.summary to vigil_api;
  comment on view fleet.summary is
  'Summaries of the session''s tenant, from whichever engine keeps them. Here: continuous aggregates, one for each width, refreshed by the rollups job.';
end
$$;
comment on function fleet.define_aggregates() is
'Makes a continuous aggregate for each width in fleet.rollup that has none, and fleet.summary over all of them. Locks fleet.reading for as long. Run by a superuser: fleet.reading changes hands for none of it, the aggregates become the jobs'' own.';
