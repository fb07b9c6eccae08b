create or replace function fleet.expire_rollups() returns bigint
language plpgsql
as $$
declare
  v_bucket interval;
  v_retention interval;
  v_chunks bigint := 0;
  v_dropped bigint;
begin
  for v_bucket, v_retention in
    select r.bucket, max(r.retention)
    from fleet.rollup r
    where pg_catalog.to_regclass(fleet.aggregate_name(r.bucket)) is not null
    group by r.bucket
    having bool_and(r.retention is not null)
  loop
    select count(*) into v_dropped
    from public.drop_chunks(fleet.aggregate_name(v_bucket)::regclass, older_than => pg_catalog.now() - v_retention - v_bucket);
    v_chunks := v_chunks + v_dropped;
  end loop;
  return v_chunks;
end
$$;
comment on function fleet.expire_rollups() is
'Drops chunks of continuous aggregates that are past the longest retention of any rollup of their width. Returns how many.';
