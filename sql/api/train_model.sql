create or replace function api.train_model(profile text, scope jsonb default '{}', options jsonb default '{}') returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('train_model', jsonb_build_array(profile, scope, options)::text);
  v_profile_id int;
  v_key text;
  v_target text;
  v_model_id int;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  select p.profile_id into v_profile_id
  from fleet.profile p
  where p.tenant_id = v_tenant_id and p.name = train_model.profile;
  if not found then
    raise exception using
      errcode = '42704',
      message = format('profile "%s" does not exist', train_model.profile),
      hint = 'GET /profiles lists the profiles.';
  end if;
  if jsonb_typeof(train_model.scope) is distinct from 'object' or (select count(*) from jsonb_object_keys(train_model.scope)) > 1 then
    raise exception using
      errcode = '22023',
      message = 'scope must be an object with at most one key',
      hint = 'Use {} for the whole profile, {"device": "…"}, {"device_model": "…"} or {"site": "emea.de"}.';
  end if;
  select s.key, s.value into v_key, v_target from jsonb_each_text(train_model.scope) s;
  v_model_id := detect.train(v_tenant_id, v_profile_id,
    case when v_key is null then 'profile' when v_key = 'device' then 'stream' else v_key end, v_target, train_model.options);
  select to_jsonb(x) into v_answer
  from (
    select m.model_id, train_model.profile as profile, m.scope, v_target as target, m.status, m.row_count, m.seed,
      m.trained_from, m.trained_to, m.training_time, m.thresholds, m.score_quantiles
    from detect.model m
    where m.tenant_id = v_tenant_id and m.model_id = v_model_id
  ) x;
  return ops.keep_answer('train_model', v_answer);
end
$$;
comment on function api.train_model(text, jsonb, jsonb) is
$$Train a model and make it active
scope: {} for the whole profile, {"device": id}, {"device_model": name} or {"site": path}. options: window ("14 days", back from the newest reading), from, to, exclude_anomalies, n_trees, sample_size, max_depth, seed, reservoir, penalize_range and others of vigil.forest_agg.$$;
