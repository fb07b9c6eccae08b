create or replace function detect.define_features(tenant int, profile_id int, spec jsonb default null) returns int
language plpgsql
as $$
#variable_conflict use_variable
declare
  v_spec jsonb := coalesce(spec, '[{"statistic": "raw"}, {"statistic": "mean", "window": "1 hour"}, {"statistic": "stddev", "window": "1 hour"}, {"statistic": "slope", "window": "1 hour"}]');
  v_sha256 bytea;
  v_set_id int;
  v_unknown text;
begin
  if pg_catalog.jsonb_typeof(v_spec) <> 'array' or pg_catalog.jsonb_array_length(v_spec) = 0 then
    raise exception using
      errcode = '22023',
      message = 'the feature spec must be a non-empty array',
      hint = 'Give [{"statistic": "mean", "window": "1 hour", "metrics": ["battery"]}, {"statistic": "raw"}].';
  end if;
  select e.value ->> 'statistic' into v_unknown
  from pg_catalog.jsonb_array_elements(v_spec) e
  where coalesce(e.value ->> 'statistic', '') not in ('raw', 'last', 'first', 'mean', 'stddev', 'min', 'max', 'slope', 'delta', 'count')
  limit 1;
  if found then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('unknown statistic "%s"', v_unknown),
      hint = 'Use raw, last, first, mean, stddev, min, max, slope, delta or count.';
  end if;
  select e.value ->> 'statistic' into v_unknown
  from pg_catalog.jsonb_array_elements(v_spec) e
  where (e.value ->> 'statistic' = 'raw') <> (e.value ->> 'window' is null)
    or not coalesce(pg_catalog.pg_input_is_valid(e.value ->> 'window', 'interval'), true)
  limit 1;
  if found then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('statistic "%s" has a missing or malformed window', v_unknown),
      hint = 'Every statistic but raw takes a window such as "1 hour"; raw takes none.';
  end if;
  select e.value ->> 'window' into v_unknown
  from pg_catalog.jsonb_array_elements(v_spec) e
  where not coalesce((e.value ->> 'window')::interval > interval '0' and (e.value ->> 'window')::interval <= interval '7 days', true)
  limit 1;
  if found then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('window "%s" is not between nothing and 7 days', v_unknown),
      hint = 'Choose a window of up to 7 days.';
  end if;
  select e.value ->> 'statistic' into v_unknown
  from pg_catalog.jsonb_array_elements(v_spec) e
  where pg_catalog.jsonb_typeof(e.value -> 'metrics') <> 'array' or e.value -> 'metrics' = '[]'
  limit 1;
  if found then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('metrics of statistic "%s" must be a non-empty array', v_unknown),
      hint = 'Leave metrics out for all of the profile.';
  end if;
  select m.value into v_unknown
  from pg_catalog.jsonb_array_elements(v_spec) e
  cross join pg_catalog.jsonb_array_elements_text(e.value -> 'metrics') as m
  where not exists (
    select from fleet.metric k
    where k.tenant_id = tenant and k.profile_id = profile_id and k.name = m.value
  )
  limit 1;
  if found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('metric "%s" is not in the profile', v_unknown),
      hint = 'GET /profiles lists the metrics.';
  end if;
  if (select pg_catalog.count(distinct (e.value ->> 'window')::interval) from pg_catalog.jsonb_array_elements(v_spec) e) > 4 then
    raise exception using
      errcode = '22023',
      message = 'a feature set has at most 4 different windows',
      hint = 'Leave out a window; each is one more pass over the readings.';
  end if;

  select pg_catalog.sha256(pg_catalog.convert_to(p.contract_sha256::text || v_spec::text, 'UTF8')) into v_sha256
  from fleet.profile p
  where p.tenant_id = tenant and p.profile_id = profile_id
  for update;
  if not found then
    raise exception using
      errcode = '42704',
      message = 'the profile does not exist',
      hint = 'GET /profiles lists the profiles.';
  end if;

  update detect.feature_set s set current = false
  where s.tenant_id = tenant and s.profile_id = profile_id and s.current;

  with element as (
    select e.ordinality, k.position, e.value ->> 'statistic' as statistic,
      (e.value ->> 'window')::interval as time_window, k.name
    from pg_catalog.jsonb_array_elements(v_spec) with ordinality as e
    join fleet.metric k on k.tenant_id = tenant and k.profile_id = profile_id
      and (e.value -> 'metrics' is null or e.value -> 'metrics' ? k.name)
  ),
  made as (
    insert into detect.feature_set (tenant_id, profile_id, spec_sha256, feature_count, longest_window)
    select tenant, profile_id, v_sha256, pg_catalog.count(*), coalesce(pg_catalog.max(e.time_window), interval '0')
    from element e
    returning feature_set_id
  )
  insert into detect.feature (tenant_id, feature_set_id, position, metric_position, statistic, time_window, name)
  select tenant, m.feature_set_id, pg_catalog.row_number() over (order by e.ordinality, e.position), e.position, e.statistic, e.time_window,
    case when e.statistic = 'raw' then e.name
      else pg_catalog.concat_ws(' ', e.name, e.statistic, e.time_window::text) end
  from element e
  cross join made m;

  select s.feature_set_id into v_set_id
  from detect.feature_set s
  where s.tenant_id = tenant and s.profile_id = profile_id and s.current;
  -- What was measured before gets features of the new set as well, so that a model can be trained on it.
  insert into fleet.reading_change (tenant_id, stream_id, from_ts, to_ts)
  select st.tenant_id, st.stream_id, pg_catalog.min(r.ts), pg_catalog.max(r.ts)
  from fleet.stream st
  join fleet.reading r on r.tenant_id = st.tenant_id and r.stream_id = st.stream_id
  where st.tenant_id = tenant and st.profile_id = profile_id
  group by st.tenant_id, st.stream_id;
  return v_set_id;
end
$$;
comment on function detect.define_features(int, int, jsonb) is
'Makes a new current feature set for a profile and returns its id. spec is an array of {statistic, window, metrics}: raw is the value itself, the others are computed over the window that ends at the reading; metrics left out means all. Null: raw, and mean, stddev and slope over one hour. Models keep the set they were trained on, so train again afterwards.';
