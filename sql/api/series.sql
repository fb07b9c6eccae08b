create or replace function api.series(device text, metric text, "from" timestamptz, "to" timestamptz, bucket interval default '1 hour')
returns table (ts timestamptz, n bigint, average float8, minimum float8, maximum float8)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_stream_id int;
  v_position int;
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
  return query
  select date_bin(series.bucket, r.ts, '2000-01-01'), count(r.values[v_position]),
    avg(r.values[v_position]), min(r.values[v_position]), max(r.values[v_position])
  from fleet.reading r
  where r.tenant_id = v_tenant_id and r.stream_id = v_stream_id and r.ts >= series."from" and r.ts < series."to"
    and r.values[v_position] is not null
  group by 1
  order by 1;
end
$$;
comment on function api.series(text, text, timestamptz, timestamptz, interval) is
$$A metric over time
Count, average, minimum and maximum per bucket, from inclusive, to exclusive. Buckets start at multiples of their width from 2000-01-01 UTC; empty ones are left out.$$;
