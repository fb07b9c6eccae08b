create or replace function detect.vector_at(tenant int, stream int, feature_set int, at timestamptz, reading float8[]) returns float8[]
language sql stable
as $$
  select pg_catalog.array_agg(
    case when f.statistic = 'raw' then reading[f.metric_position]
      else (vigil.features(w.state, array[f.statistic], array[f.metric_position], f.time_window / 2))[1] end
    order by f.position)
  from detect.feature f
  left join (
    select g.time_window, (
      select vigil.stats_agg(x.ts, x.values)
      from (
        select r.ts, r.values
        from fleet.reading r
        where r.tenant_id = vector_at.tenant and r.stream_id = vector_at.stream
          and r.ts >= vector_at.at - g.time_window and r.ts < vector_at.at
        union all
        select vector_at.at, vector_at.reading
      ) x
    ) as state
    from (
      select distinct n.time_window
      from detect.feature n
      where n.tenant_id = vector_at.tenant and n.feature_set_id = vector_at.feature_set and n.time_window is not null
    ) g
  ) w on w.time_window = f.time_window
  where f.tenant_id = vector_at.tenant and f.feature_set_id = vector_at.feature_set
$$;
comment on function detect.vector_at(int, int, int, timestamptz, float8[]) is
'The feature vector a stream would have if the reading arrived at that time: windows are filled from the stored readings before it.';
