create or replace function api.acknowledge_anomaly(anomaly_id bigint, note text default null) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('acknowledge_anomaly', jsonb_build_array(anomaly_id, note)::text);
  v_row detect.anomaly;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  update detect.anomaly a
  set acknowledged_at = coalesce(a.acknowledged_at, now()), acknowledged_by = coalesce(a.acknowledged_by, auth.subject()),
    note = coalesce(acknowledge_anomaly.note, a.note), updated_at = now()
  where a.tenant_id = v_tenant_id and a.anomaly_id = acknowledge_anomaly.anomaly_id and a.state <> 'candidate'
  returning a.* into v_row;
  if not found then
    raise sqlstate 'PT404' using
      message = format('anomaly %s does not exist', acknowledge_anomaly.anomaly_id),
      hint = 'GET /anomalies lists the anomalies.';
  end if;
  -- Whoever has seen the anomaly has the incident.
  perform alerting.acknowledge_incident(v_tenant_id, al.incident_id, auth.subject())
  from (
    select distinct x.incident_id
    from alerting.alert x
    where x.tenant_id = v_tenant_id and x.anomaly_id = v_row.anomaly_id and x.state = 'open' and x.incident_id is not null
  ) al;
  return ops.keep_answer('acknowledge_anomaly', jsonb_build_object('anomaly_id', v_row.anomaly_id,
    'acknowledged_at', v_row.acknowledged_at, 'acknowledged_by', v_row.acknowledged_by, 'note', v_row.note));
end
$$;
comment on function api.acknowledge_anomaly(bigint, text) is
$$Acknowledge an anomaly
Records who saw it and when, and acknowledges the open incidents that it is in. The first acknowledgement stays; a note replaces the one before.$$;
