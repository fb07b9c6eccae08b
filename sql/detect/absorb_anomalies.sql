create or replace function detect.absorb_anomalies(tenant int, anomaly bigint, absorbed bigint[]) returns void
language plpgsql
as $$
begin
  -- An alert goes over to the anomaly that stays.
  update alerting.alert al
  set anomaly_id = anomaly
  where al.tenant_id = tenant and al.anomaly_id = any (absorbed);

  update detect.anomaly a
  set started_at = least(a.started_at, o.started_at),
    ended_at = greatest(a.ended_at, o.ended_at),
    acknowledged_at = coalesce(a.acknowledged_at, o.acknowledged_at),
    acknowledged_by = coalesce(a.acknowledged_by, o.acknowledged_by),
    note = coalesce(a.note, o.note),
    alert_pending = a.alert_pending or o.alert_pending
  from (
    select min(x.started_at) as started_at, max(x.ended_at) as ended_at, bool_or(x.alert_pending) as alert_pending,
      (pg_catalog.array_agg(x.acknowledged_at order by x.acknowledged_at))[1] as acknowledged_at,
      (pg_catalog.array_agg(x.acknowledged_by order by x.acknowledged_at))[1] as acknowledged_by,
      (pg_catalog.array_agg(x.note order by x.acknowledged_at) filter (where x.note is not null))[1] as note
    from detect.anomaly x
    where x.tenant_id = tenant and x.anomaly_id = any (absorbed)
  ) o
  where a.tenant_id = tenant and a.anomaly_id = anomaly;

  delete from detect.anomaly a where a.tenant_id = tenant and a.anomaly_id = any (absorbed);
end
$$;
comment on function detect.absorb_anomalies(int, bigint, bigint[]) is
'Makes several anomalies of a stream one, as when late readings turn out to connect them. The one that stays takes over their time span, acknowledgement and alerts.';
