create or replace function detect.compute_features(tenant int) returns bigint
language plpgsql
as $$
declare
  v_set record;
  v_rows bigint;
  v_total bigint := 0;
begin
  for v_set in
    with taken as (
      delete from fleet.reading_change c where c.tenant_id = tenant
      returning c.stream_id, c.from_ts, c.to_ts
    ),
    stale as (
      -- A late reading also changes the windows of the readings after it.
      select t.stream_id, fs.feature_set_id,
        pg_catalog.unnest(pg_catalog.range_agg(pg_catalog.tstzrange(t.from_ts, t.to_ts + fs.longest_window, '[]'))) as span
      from taken t
      join fleet.stream st on st.tenant_id = tenant and st.stream_id = t.stream_id
      join detect.feature_set fs on fs.tenant_id = tenant and fs.profile_id = st.profile_id and fs.current
      group by t.stream_id, fs.feature_set_id
    ),
    spec as (
      select f.feature_set_id,
        coalesce(pg_catalog.array_agg(distinct f.time_window) filter (where f.time_window is not null), '{}') as windows
      from detect.feature f
      where f.tenant_id = tenant
      group by f.feature_set_id
    )
    select s.feature_set_id, sp.windows, fs.longest_window,
      pg_catalog.array_agg(s.stream_id) as streams,
      pg_catalog.array_agg(pg_catalog.lower(s.span)) as froms,
      pg_catalog.array_agg(pg_catalog.upper(s.span)) as tos,
      pg_catalog.min(pg_catalog.lower(s.span)) as earliest,
      pg_catalog.max(pg_catalog.upper(s.span)) as latest
    from stale s
    join spec sp using (feature_set_id)
    join detect.feature_set fs on fs.tenant_id = tenant and fs.feature_set_id = s.feature_set_id
    group by s.feature_set_id, sp.windows, fs.longest_window
  loop
    v_rows := detect.write_features(tenant, v_set.feature_set_id, v_set.windows, v_set.streams, v_set.froms, v_set.tos,
      v_set.earliest - v_set.longest_window, v_set.latest);
    v_total := v_total + v_rows;
  end loop;
  return v_total;
end
$$;
comment on function detect.compute_features(int) is
'Takes what fleet.reading_change says was written for the tenant and brings detect.device_feature up to date. Returns how many vectors changed. Running it again changes nothing.';
