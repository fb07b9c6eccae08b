create or replace function detect.train(tenant int, profile int, scope text, target text, options jsonb) returns int
language plpgsql
as $$
declare
  v_set detect.feature_set;
  v_stream_id int;
  v_device_model text;
  v_site_id int;
  v_streams int[];
  v_from timestamptz;
  v_to timestamptz;
  v_unknown text;
  v_forest jsonb := coalesce(options, '{}') - array['window', 'from', 'to', 'exclude_anomalies'];
  v_exclude boolean;
  v_seed bigint;
  v_quantiles float8[];
  v_bytes bytea;
  v_info jsonb;
  v_started timestamptz := pg_catalog.clock_timestamp();
  v_model_id int;
begin
  select s.* into v_set
  from detect.feature_set s
  where s.tenant_id = train.tenant and s.profile_id = train.profile and s.current;
  if not found then
    raise exception using
      errcode = '42704',
      message = 'the profile does not exist or has no feature set',
      hint = 'GET /profiles lists the profiles.';
  end if;

  if coalesce(pg_catalog.jsonb_typeof(options), 'object') <> 'object' then
    raise exception using
      errcode = '22023',
      message = 'options must be a JSON object',
      hint = 'Give {"window": "14 days", "n_trees": 100, "sample_size": 256, "seed": 1}.';
  end if;
  select o.key into v_unknown
  from pg_catalog.jsonb_each(options) o
  where o.key in ('window') and not coalesce(pg_catalog.pg_input_is_valid(o.value #>> '{}', 'interval'), false)
    or o.key in ('from', 'to') and not coalesce(pg_catalog.pg_input_is_valid(o.value #>> '{}', 'timestamptz'), false)
    or o.key = 'exclude_anomalies' and pg_catalog.jsonb_typeof(o.value) <> 'boolean'
  limit 1;
  if found then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('option "%s" is not valid', v_unknown),
      hint = 'window is an interval such as "14 days", from and to are timestamps, exclude_anomalies is true or false.';
  end if;
  if not coalesce(
    case when pg_catalog.pg_input_is_valid(options ->> 'seed', 'bigint') then (options ->> 'seed')::bigint >= 0 else options ->> 'seed' is null end, true) then
    raise exception using
      errcode = '22023',
      message = 'option "seed" must be an integer from 0 to 9223372036854775807',
      hint = 'Correct "seed" or leave it out to use its default.';
  end if;
  v_exclude := coalesce((options ->> 'exclude_anomalies')::boolean, true);

  case scope
    when 'profile' then
      v_streams := array(
        select st.stream_id from fleet.stream st
        where st.tenant_id = train.tenant and st.profile_id = train.profile
        order by st.stream_id);
    when 'stream' then
      v_streams := array(
        select st.stream_id from fleet.stream st
        join fleet.device d using (tenant_id, device_id)
        where st.tenant_id = train.tenant and st.profile_id = train.profile and d.external_id = target);
      v_stream_id := v_streams[1];
    when 'device_model' then
      v_streams := array(
        select st.stream_id from fleet.stream st
        join fleet.device d using (tenant_id, device_id)
        where st.tenant_id = train.tenant and st.profile_id = train.profile and d.model = target
        order by st.stream_id);
      v_device_model := target;
    when 'site' then
      select s.site_id into v_site_id
      from fleet.site s
      where s.tenant_id = train.tenant and s.path::text = target;
      v_streams := array(
        select st.stream_id from fleet.stream st
        join fleet.device d using (tenant_id, device_id)
        join fleet.site s on s.tenant_id = d.tenant_id and s.site_id = d.site_id
        join fleet.site top on top.tenant_id = s.tenant_id and top.site_id = v_site_id
        where st.tenant_id = train.tenant and st.profile_id = train.profile and s.path operator(public.<@) top.path
        order by st.stream_id);
    else
      raise exception using
        errcode = '22023',
        message = pg_catalog.format('unknown scope "%s"', scope),
        hint = 'Use profile, site, device_model or stream.';
  end case;
  if v_streams = '{}' then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('no stream of the profile matches %s "%s"', scope, coalesce(target, '')),
      hint = 'GET /streams and GET /devices list devices, models and sites.';
  end if;

  -- Readings that the features job has not reached yet count as well.
  perform detect.compute_features(tenant);
  -- The scores job passes over streams without a model; so whether it ran before must make no difference.
  delete from detect.feature_change c
  where c.tenant_id = train.tenant and c.stream_id = any (v_streams)
    and detect.active_model(train.tenant, c.stream_id) is null;

  v_to := coalesce((options ->> 'to')::timestamptz, (
    select pg_catalog.max(l.ts) from fleet.latest l
    where l.tenant_id = train.tenant and l.stream_id = any (v_streams)));
  v_from := coalesce((options ->> 'from')::timestamptz,
    v_to - coalesce((options ->> 'window')::interval, interval '14 days'));
  v_seed := coalesce((v_forest ->> 'seed')::bigint, v_set.feature_set_id);
  v_forest := v_forest || pg_catalog.jsonb_build_object('seed', v_seed);

  select vigil.forest_agg(f.values, v_forest) into v_bytes
  from (
    select d.values
    from detect.device_feature d
    where d.tenant_id = train.tenant and d.stream_id = any (v_streams) and d.feature_set_id = v_set.feature_set_id
      and d.ts >= v_from and d.ts <= v_to
      and not (v_exclude and exists (
        select from detect.anomaly a
        where a.tenant_id = train.tenant and a.stream_id = d.stream_id and a.state <> 'candidate'
          and d.ts between a.started_at and a.ended_at))
    order by d.stream_id, d.ts
  ) f;
  v_info := vigil.forest_info(v_bytes);

  select coalesce(pg_catalog.max(p.threshold_quantiles), '{0.99,0.995,0.999,1}') into v_quantiles
  from detect.policy p
  where p.tenant_id = train.tenant and p.profile_id = train.profile;

  update detect.model m
  set status = 'superseded'
  where m.tenant_id = train.tenant and m.profile_id = train.profile and m.status = 'active' and m.scope = train.scope
    and m.stream_id is not distinct from v_stream_id
    and m.device_model is not distinct from v_device_model
    and m.site_id is not distinct from v_site_id;

  insert into detect.model (
    tenant_id, profile_id, feature_set_id, feature_set_sha256, scope, stream_id, device_model, site_id,
    bytes, seed, options, trained_from, trained_to, row_count, score_quantiles, thresholds,
    feature_low, feature_median, feature_high, trained_by, training_time)
  select train.tenant, train.profile, v_set.feature_set_id, v_set.spec_sha256, train.scope, v_stream_id, v_device_model, v_site_id,
    v_bytes, v_seed, coalesce(options, '{}'), v_from, v_to, (v_info ->> 'rows')::bigint, v_info -> 'score_quantiles',
    array(select (v_info -> 'score_quantiles' ->> q.quantile::text)::float8 from pg_catalog.unnest(v_quantiles) with ordinality as q (quantile, n) order by q.n),
    r.low, r.median, r.high, auth.subject(), pg_catalog.clock_timestamp() - v_started
  from (
    select pg_catalog.array_agg(t.low order by t.feature) as low,
      pg_catalog.array_agg(t.median order by t.feature) as median,
      pg_catalog.array_agg(t.high order by t.feature) as high
    from vigil.typical_range(v_bytes) t
  ) r
  returning model_id into v_model_id;

  -- What was measured after the training window and is covered by this model is scored by it.
  insert into detect.feature_change (tenant_id, stream_id, from_ts, to_ts)
  select l.tenant_id, l.stream_id, v_to + interval '1 microsecond', l.ts
  from fleet.latest l
  where l.tenant_id = train.tenant and l.stream_id = any (v_streams) and l.ts > v_to
    and detect.active_model(train.tenant, l.stream_id) = v_model_id;
  return v_model_id;
end
$$;
comment on function detect.train(int, int, text, text, jsonb) is
'Trains a forest on the features of a scope''s streams in a time window, makes it the active model of that scope and returns model_id. scope: profile, site (target: path), device_model (target: model) or stream (target: device). options: window (14 days, back from the newest reading), from, to, exclude_anomalies (true), and those of vigil.forest_agg. 22023 for bad options or too few rows, 42704 for an unknown target.';
