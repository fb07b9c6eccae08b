create or replace function api.score(device text, metrics jsonb, ts timestamptz default now(), profile text default null) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_stream record;
  v_model record;
  v_problem text;
  v_reading float8[];
  v_vector float8[];
  v_score float8;
begin
  if jsonb_typeof(score.metrics) is distinct from 'object' or score.metrics = '{}' then
    raise exception using
      errcode = '22023',
      message = 'metrics must be an object of numbers',
      hint = 'Send {"device": "…", "metrics": {"battery": 81.5}}.';
  end if;
  v_stream := detect.find_stream(v_tenant_id, score.device, score.profile);
  select m.key into v_problem
  from jsonb_each(score.metrics) m
  where m.key <> all (v_stream.metric_names)
    or jsonb_typeof(m.value) not in ('number', 'null')
    or jsonb_typeof(m.value) = 'number' and abs(m.value::numeric) > 1e100
  order by m.key
  limit 1;
  if found then
    raise exception using
      errcode = '22023',
      message = format('metric "%s" is not in the profile or not a number up to 1e100', left(v_problem, 200)),
      hint = 'GET /profiles lists the metrics.';
  end if;
  select m.model_id, m.bytes, m.feature_set_id, m.thresholds into v_model
  from detect.model m
  where m.tenant_id = v_tenant_id and m.model_id = detect.active_model(v_tenant_id, v_stream.stream_id);
  if not found then
    raise exception using
      errcode = '42704',
      message = 'no active model covers the device',
      hint = 'Train one with POST /rpc/train_model.';
  end if;
  v_reading := array(
    select case when jsonb_typeof(score.metrics -> n.name) = 'number' then
      case when abs((score.metrics -> n.name)::numeric) >= 1e-307 then (score.metrics -> n.name)::float8 else 0 end end
    from unnest(v_stream.metric_names) with ordinality as n (name, position)
    order by n.position
  );
  v_vector := detect.vector_at(v_tenant_id, v_stream.stream_id, v_model.feature_set_id, score.ts, v_reading);
  v_score := vigil.anomaly_score(v_model.bytes, v_vector);
  return jsonb_build_object(
    'device', score.device,
    'ts', score.ts,
    'score', v_score,
    'severity', detect.severity(v_score, v_model.thresholds),
    'model_id', v_model.model_id,
    'explanation', detect.explanation(v_tenant_id, v_model.model_id, v_vector));
end
$$;
comment on function api.score(text, jsonb, timestamptz, text) is
$$Score a reading without storing it
Uses the stream's active model, with windows filled from the stored readings before ts. severity is null for an ordinary reading.$$;
