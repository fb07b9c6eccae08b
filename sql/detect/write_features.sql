create or replace function detect.write_features(
  tenant int, feature_set int, windows interval[], streams int[], froms timestamptz[], tos timestamptz[],
  earliest timestamptz, latest timestamptz
) returns bigint
language plpgsql
as $$
declare
  v_raw int[];
  v_order int[];
  v_statistics1 text[]; v_elements1 int[];
  v_statistics2 text[]; v_elements2 int[];
  v_statistics3 text[]; v_elements3 int[];
  v_statistics4 text[]; v_elements4 int[];
  v_rows bigint;
begin
  -- The vector is put together window by window and then brought into the order of the feature set. What changes or
  -- spreads is left open until half the window is covered: the first two readings of a stream, or after a gap, would
  -- pass for a slope over hours.
  select
    coalesce(pg_catalog.array_agg(f.metric_position order by f.position) filter (where f.time_window is null), '{}'),
    coalesce(pg_catalog.array_agg(f.statistic order by f.position) filter (where f.time_window = windows[1]), '{}'),
    coalesce(pg_catalog.array_agg(f.metric_position order by f.position) filter (where f.time_window = windows[1]), '{}'),
    coalesce(pg_catalog.array_agg(f.statistic order by f.position) filter (where f.time_window = windows[2]), '{}'),
    coalesce(pg_catalog.array_agg(f.metric_position order by f.position) filter (where f.time_window = windows[2]), '{}'),
    coalesce(pg_catalog.array_agg(f.statistic order by f.position) filter (where f.time_window = windows[3]), '{}'),
    coalesce(pg_catalog.array_agg(f.metric_position order by f.position) filter (where f.time_window = windows[3]), '{}'),
    coalesce(pg_catalog.array_agg(f.statistic order by f.position) filter (where f.time_window = windows[4]), '{}'),
    coalesce(pg_catalog.array_agg(f.metric_position order by f.position) filter (where f.time_window = windows[4]), '{}')
  into v_raw, v_statistics1, v_elements1, v_statistics2, v_elements2, v_statistics3, v_elements3, v_statistics4, v_elements4
  from detect.feature f
  where f.tenant_id = tenant and f.feature_set_id = feature_set;

  select pg_catalog.array_agg(g.place order by g.position) into v_order
  from (
    select f.position,
      pg_catalog.row_number() over (order by coalesce(pg_catalog.array_position(windows, f.time_window), 0), f.position)::int as place
    from detect.feature f
    where f.tenant_id = tenant and f.feature_set_id = feature_set
  ) g;

  with span as (
    select s.stream_id, s.from_ts, s.to_ts
    from unnest(streams, froms, tos) as s (stream_id, from_ts, to_ts)
  ),
  windowed as (
    -- A window the set does not have is one reading wide and yields nothing.
    select s.stream_id, s.from_ts, s.to_ts, r.ts, r.values,
      vigil.stats_agg(r.ts, r.values) over (w range between coalesce(windows[1], interval '0') preceding and current row) as state1,
      case when windows[2] is not null then vigil.stats_agg(r.ts, r.values) over (w range between coalesce(windows[2], interval '0') preceding and current row) end as state2,
      case when windows[3] is not null then vigil.stats_agg(r.ts, r.values) over (w range between coalesce(windows[3], interval '0') preceding and current row) end as state3,
      case when windows[4] is not null then vigil.stats_agg(r.ts, r.values) over (w range between coalesce(windows[4], interval '0') preceding and current row) end as state4
    from span s
    cross join lateral (
      -- Along the primary key, whatever the planner knows of chunks that were just filled.
      select g.ts, g.values
      from fleet.reading g
      where g.tenant_id = tenant and g.stream_id = s.stream_id
        and g.ts >= s.from_ts - coalesce(windows[pg_catalog.cardinality(windows)], interval '0') and g.ts <= s.to_ts
        and g.ts >= earliest and g.ts <= latest
      order by g.ts
      offset 0
    ) r
    window w as (partition by s.stream_id, s.from_ts order by r.ts)
  ),
  written as (
    insert into detect.device_feature as d (tenant_id, stream_id, feature_set_id, ts, values)
    select tenant, x.stream_id, feature_set, x.ts,
      vigil.gather(
        vigil.gather(x.values, v_raw)
          || case when v_elements1 <> '{}' then vigil.features(x.state1, v_statistics1, v_elements1, windows[1] / 2) else '{}' end
          || case when v_elements2 <> '{}' then vigil.features(x.state2, v_statistics2, v_elements2, windows[2] / 2) else '{}' end
          || case when v_elements3 <> '{}' then vigil.features(x.state3, v_statistics3, v_elements3, windows[3] / 2) else '{}' end
          || case when v_elements4 <> '{}' then vigil.features(x.state4, v_statistics4, v_elements4, windows[4] / 2) else '{}' end,
        v_order)
    from windowed x
    where x.ts >= x.from_ts
    order by x.stream_id, x.ts
    on conflict (tenant_id, stream_id, feature_set_id, ts) do update
    set values = excluded.values
    where d.values is distinct from excluded.values
    returning d.stream_id, d.ts
  ),
  noted as (
    insert into detect.feature_change (tenant_id, stream_id, from_ts, to_ts)
    select tenant, w.stream_id, pg_catalog.min(w.ts), pg_catalog.max(w.ts)
    from written w
    group by w.stream_id, pg_catalog.date_bin('1 hour', w.ts, '2000-01-01')
  )
  select pg_catalog.count(*) into v_rows from written;
  return v_rows;
end
$$;
comment on function detect.write_features(int, int, interval[], int[], timestamptz[], timestamptz[], timestamptz, timestamptz) is
'Computes one feature set for the readings of the given streams and spans (three arrays side by side) and logs what changed. windows are the set''s different windows in ascending order, at most four; earliest and latest bound what is read, so that chunks outside are skipped.';
