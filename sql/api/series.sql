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
  v_missing tstzmultirange;
  v_is_restored boolean;
  v_restored_first timestamptz;
  v_restored_last timestamptz;
  v_restored tstzrange;
  v_is_shown boolean;
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
  -- With the widest summaries that the buckets can be made of: the fewest rows, and kept the longest.
  select st.stream_id, m.position, not m.personal or auth.sees_personal_data(), (
    select sr.bucket
    from fleet.stream_rollup sr
    where sr.tenant_id = v_tenant_id and sr.stream_id = st.stream_id and sr.made
      and mod(extract(epoch from series.bucket), extract(epoch from sr.bucket)) = 0
    order by sr.bucket desc
    limit 1)
  into v_stream_id, v_position, v_is_shown, v_tier
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
  -- Whole buckets of that width within the range; without any, none of it.
  v_first := date_bin(v_tier, series."from", '2000-01-01 00:00:00+00');
  if v_first < series."from" then
    v_first := v_first + v_tier;
  end if;
  v_first := least(v_first, series."to");
  v_last := greatest(date_bin(v_tier, series."to", '2000-01-01 00:00:00+00'), v_first);
  -- What lies outside, is still filling, or was written to since its summary was made is read from the readings. A
  -- stable function sees one snapshot throughout.
  select w.missing, x.n > 0, x.first, x.last into v_missing, v_is_restored, v_restored_first, v_restored_last
  from (
    select range_agg(r.missing) as missing
    from (
      values (tstzrange(series."from", v_first)), (tstzrange(v_last, series."to"))
      union all
      select tstzrange(o.ts, o.ts + v_tier)
      from fleet.rollup_due o
      where o.tenant_id = v_tenant_id and o.stream_id = v_stream_id and o.bucket = v_tier and o.ts >= v_first and o.ts < v_last
      union all
      select tstzrange(date_bin(v_tier, c.from_ts, '2000-01-01 00:00:00+00'), date_bin(v_tier, c.to_ts, '2000-01-01 00:00:00+00') + v_tier)
        * tstzrange(v_first, v_last)
      from fleet.rollup_change c
      where c.tenant_id = v_tenant_id and c.stream_id = v_stream_id
    ) r (missing)
  ) w
  cross join (
    select count(*) as n, min(b.ts) filter (where b.ts >= v_first and b.ts < v_last) as first,
      max(b.ts) filter (where b.ts >= v_first and b.ts < v_last) as last
    from fleet.restored_reading b
    where b.tenant_id = v_tenant_id and b.stream_id = v_stream_id and b.ts >= series."from" and b.ts < series."to"
  ) x;
  -- Where summaries are gone and readings are back, these tell.
  if v_restored_first is not null then
    v_restored := tstzrange(date_bin(v_tier, v_restored_first, '2000-01-01 00:00:00+00'),
      date_bin(v_tier, v_restored_last, '2000-01-01 00:00:00+00') + v_tier);
    if not exists (
      select from fleet.summary k
      where k.tenant_id = v_tenant_id and k.stream_id = v_stream_id and k.bucket = v_tier
        and k.ts >= lower(v_restored) and k.ts < upper(v_restored)) then
      v_missing := v_missing + tstzmultirange(v_restored);
    end if;
  end if;
  return query
  with part (ts, n, average, minimum, maximum) as (
    -- Sums of float8 are several times as fast as those of bigint, and as exact.
    select k.ts, k.counts[v_position]::float8, k.means[v_position], k.minima[v_position], k.maxima[v_position]
    from fleet.summary k
    where k.tenant_id = v_tenant_id and k.stream_id = v_stream_id and k.bucket = v_tier and k.ts >= v_first and k.ts < v_last
      and not k.ts <@ v_missing and k.counts[v_position] > 0
    union all
    select date_bin(series.bucket, v.ts, '2000-01-01 00:00:00+00'), count(*), avg(v.value), min(v.value), max(v.value)
    from fleet.values_within(v_tenant_id, v_stream_id, v_position, v_missing, v_is_restored) v
    where v.value is not null
    group by 1
  )
  select date_bin(series.bucket, part.ts, '2000-01-01 00:00:00+00'), sum(part.n)::bigint,
    case when v_is_shown then sum(part.n * part.average) / sum(part.n) end, case when v_is_shown then min(part.minimum) end,
    case when v_is_shown then max(part.maximum) end
  from part
  group by 1
  order by 1;
end
$$;
comment on function api.series(text, text, timestamptz, timestamptz, interval) is
$$A metric over time
Count, average, minimum and maximum per bucket, from inclusive, to exclusive. Buckets start at multiples of their width from 2000-01-01 UTC; empty ones are left out. Where the stream has summaries the buckets are made of these, and of readings for what is not summarised yet, so the answer is always current.$$;
