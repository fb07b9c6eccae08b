create or replace function api.series(device text, metric text, "from" timestamptz, "to" timestamptz, bucket interval default '1 hour')
returns table (ts timestamptz, n bigint, average float8, minimum float8, maximum float8)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_stream_id int;
  v_position int;
  v_tier interval;
  v_first timestamptz;
  v_last timestamptz;
  v_stale timestamptz[];
  v_stale_from timestamptz;
  v_stale_to timestamptz;
begin
  if series.bucket is null or series.bucket < interval '1 second' or extract(year from series.bucket) <> 0 or extract(month from series.bucket) <> 0 then
    raise exception using
      errcode = '22023',
      message = 'bucket must be at least one second and name no months or years',
      hint = 'Use an interval such as "5 minutes", "1 hour" or "1 day".';
  end if;
  if not coalesce(isfinite(series."from") and isfinite(series."to") and series."from" < series."to", false) then
    raise exception using
      errcode = '22023',
      message = 'from must be before to, and both finite',
      hint = 'Give both as ISO 8601 timestamps.';
  end if;
  if (series."to" - series."from") / extract(epoch from series.bucket) > interval '100000 seconds' then
    raise exception using
      errcode = '22023',
      message = 'more than 100000 buckets',
      hint = 'Use a wider bucket or a shorter time range.';
  end if;
  select st.stream_id, m.position into v_stream_id, v_position
  from fleet.stream st
  join fleet.device d using (tenant_id, device_id)
  join fleet.metric m on m.tenant_id = st.tenant_id and m.profile_id = st.profile_id
  where st.tenant_id = v_tenant_id and d.external_id = series.device and m.name = series.metric
  order by st.stream_id
  limit 1;
  if not found then
    raise exception using
      errcode = '42704',
      message = format('device "%s" does not exist or does not report metric "%s"', left(series.device, 200), left(series.metric, 200)),
      hint = 'GET /streams lists devices and their profiles, GET /profiles the metrics.';
  end if;
  -- The widest summaries that the buckets can be made of: the fewest rows, and kept the longest.
  select sr.bucket into v_tier
  from fleet.stream_rollup sr
  where sr.tenant_id = v_tenant_id and sr.stream_id = v_stream_id and sr.made
    and mod(extract(epoch from series.bucket), extract(epoch from sr.bucket)) = 0
  order by sr.bucket desc
  limit 1;
  -- Whole buckets of that width within the range; without any, all of it is read.
  v_first := date_bin(v_tier, series."from", '2000-01-01 00:00:00+00');
  if v_first < series."from" then
    v_first := v_first + v_tier;
  end if;
  v_first := least(v_first, series."to");
  v_last := greatest(date_bin(v_tier, series."to", '2000-01-01 00:00:00+00'), v_first);
  if v_tier is null then
    v_first := series."to";
    v_last := series."to";
  end if;
  -- Buckets that are being filled, or were written to since they were made. A stable function sees one snapshot throughout.
  v_stale := array(
    select o.ts
    from fleet.rollup_due o
    where o.tenant_id = v_tenant_id and o.stream_id = v_stream_id and o.bucket = v_tier and o.ts >= v_first and o.ts < v_last
    union
    select b.ts
    from fleet.rollup_change c
    cross join lateral generate_series(
      date_bin(v_tier, greatest(c.from_ts, v_first), '2000-01-01 00:00:00+00'),
      least(c.to_ts, v_last - interval '1 microsecond'), v_tier) as b (ts)
    where c.tenant_id = v_tenant_id and c.stream_id = v_stream_id);
  select min(w.ts), max(w.ts) + v_tier into v_stale_from, v_stale_to from unnest(v_stale) as w (ts);
  return query
  with summary as materialized (
    -- One call reads a state once.
    select k.ts, vigil.features(k.state, '{count,mean,min,max}', array_fill(v_position, '{4}')) as told
    from fleet.reading_rollup k
    where k.tenant_id = v_tenant_id and k.stream_id = v_stream_id and k.bucket = v_tier and k.ts >= v_first and k.ts < v_last
      and k.ts <> all (v_stale)
  ),
  -- Bounds that are known when this is planned spare looking at every chunk.
  reading (ts, value) as (
    select r.ts, r.values[v_position]
    from fleet.reading r
    where r.tenant_id = v_tenant_id and r.stream_id = v_stream_id and r.ts >= series."from" and r.ts < v_first
    union all
    select r.ts, r.values[v_position]
    from fleet.reading r
    where r.tenant_id = v_tenant_id and r.stream_id = v_stream_id and r.ts >= v_last and r.ts < series."to"
    union all
    select r.ts, r.values[v_position]
    from unnest(v_stale) as w (ts)
    join fleet.reading r on r.ts >= w.ts and r.ts < w.ts + v_tier
    where r.tenant_id = v_tenant_id and r.stream_id = v_stream_id and r.ts >= v_stale_from and r.ts < v_stale_to
  ),
  part (ts, n, average, minimum, maximum) as (
    select s.ts, s.told[1], s.told[2], s.told[3], s.told[4]
    from summary s
    where s.told[1] > 0
    union all
    select r.ts, 1, r.value, r.value, r.value
    from reading r
    where r.value is not null
  )
  select date_bin(series.bucket, part.ts, '2000-01-01 00:00:00+00'), sum(part.n)::bigint,
    sum(part.n * part.average) / sum(part.n), min(part.minimum), max(part.maximum)
  from part
  group by 1
  order by 1;
end
$$;
comment on function api.series(text, text, timestamptz, timestamptz, interval) is
$$A metric over time
Count, average, minimum and maximum per bucket, from inclusive, to exclusive. Buckets start at multiples of their width from 2000-01-01 UTC; empty ones are left out. Where the stream has summaries the buckets are made of these, and of readings for what is not summarised yet, so the answer is always current.$$;
