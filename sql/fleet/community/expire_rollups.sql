create or replace function fleet.expire_rollups() returns bigint
language plpgsql
as $$
declare
  v_bucket interval;
  v_cutoff timestamptz;
  v_chunks bigint := 0;
  v_dropped bigint;
begin
  for v_bucket, v_cutoff in
    select ro.bucket, min(coalesce(pg_catalog.now() - ro.retention, s.summaries_before, '-infinity'))
    from fleet.tenant t
    cross join lateral fleet.rollups_of(t.tenant_id) ro
    left join ops.retention_scope('readings') s on s.tenant_id = t.tenant_id and s.profile_id = ro.profile_id
    where pg_catalog.to_regclass(fleet.aggregate_name(ro.bucket)) is not null
    group by ro.bucket
  loop
    select count(*) into v_dropped
    from public.drop_chunks(fleet.aggregate_name(v_bucket)::regclass, older_than => v_cutoff - v_bucket);
    v_chunks := v_chunks + v_dropped;
  end loop;
  return v_chunks;
end
$$;
comment on function fleet.expire_rollups() is
'Drops chunks of continuous aggregates that nobody''s rollup of their width, or policy over readings, still keeps. Returns how many.';
