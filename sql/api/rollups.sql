create or replace view api.rollups as
select k.stream_id, d.external_id as device, p.name as profile, k.bucket, k.ts, m.name as metric,
  e.n, e.average, e.stddev, e.minimum, e.maximum, e.first, e.last
from fleet.summary k
join fleet.stream st using (tenant_id, stream_id)
join fleet.device d using (tenant_id, device_id)
join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
cross join lateral unnest(vigil.num_vals(k.state), vigil.average(k.state), vigil.stddev(k.state), vigil.min_val(k.state),
  vigil.max_val(k.state), vigil.first_val(k.state), vigil.last_val(k.state))
  with ordinality as e (n, average, stddev, minimum, maximum, first, last, position)
join fleet.metric m on m.tenant_id = p.tenant_id and m.profile_id = p.profile_id and m.position = e.position
-- Of a personal metric nothing is shown to whoever may not see it.
where e.n > 0 and (not m.personal or (select auth.sees_personal_data()));
comment on view api.rollups is
$$Summaries of readings
One row per stream, bucket and metric that was reported in it. Buckets that are still filling, or wait to be made again because of late readings, are missing or old; rpc/series fills them in from the readings. Bound ts and bucket and name the device; whole histories are large.$$;
comment on column api.rollups.bucket is 'Width of the bucket, which starts at ts.';
comment on column api.rollups.n is 'Values in the bucket.';
comment on column api.rollups.stddev is 'With divisor n - 1; null for one value.';
comment on column api.rollups.first is 'The earliest value in the bucket.';
comment on column api.rollups.last is 'The latest value in the bucket.';
