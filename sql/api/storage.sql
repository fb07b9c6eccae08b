create or replace view api.storage with (security_invoker = true) as
select t.name as tenant, s.object, s.measured_at, s.row_count, s.bytes, s.point_count,
  s.bytes::float8 / nullif(s.point_count, 0) as bytes_per_point,
  (s.bytes - e.bytes) / (extract(epoch from s.measured_at - e.measured_at)::float8 / 86400) as bytes_per_day,
  (s.row_count - e.row_count) / (extract(epoch from s.measured_at - e.measured_at)::float8 / 86400) as rows_per_day,
  (t.storage_quota - sum(s.bytes) over tenant)
    / nullif(greatest(sum((s.bytes - e.bytes) / (extract(epoch from s.measured_at - e.measured_at)::float8 / 86400)) over tenant, 0), 0)
    as days_until_quota
from fleet.tenant t
join lateral (
  select distinct on (x.object) x.tenant_id, x.object, x.measured_at, x.row_count, x.bytes, x.point_count
  from ops.storage_sample x
  where x.tenant_id = t.tenant_id
  order by x.object, x.measured_at desc
) s on true
left join lateral (
  select x.measured_at, x.row_count, x.bytes
  from ops.storage_sample x
  where x.tenant_id = s.tenant_id and x.object = s.object and x.measured_at >= s.measured_at - interval '30 days'
    and x.measured_at < s.measured_at
  order by x.measured_at
  limit 1
) e on true
window tenant as (partition by t.tenant_id);
comment on view api.storage is
$$What the tenant's data takes
One row per object, as measured once a day; bytes are the share on disk, indexes included.$$;
comment on column api.storage.point_count is 'Values in the rows: as many a row as its profile has metrics, its feature set features, one a score.';
comment on column api.storage.bytes_per_day is 'Growth a day since the oldest measurement of the 30 days before; null until there are two. Negative when more is removed than comes.';
comment on column api.storage.rows_per_day is 'Growth in rows, likewise.';
comment on column api.storage.days_until_quota is 'When all objects together reach the tenant''s quota if they go on growing so: 0 or less when they have. Null without a quota, or growth, or a second measurement; the same in each row.';
