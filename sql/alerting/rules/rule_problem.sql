create or replace function alerting.rule_problem(kind text, params jsonb) returns text
language plpgsql immutable
as $$
declare
  c_severities constant text[] := array['low', 'medium', 'high', 'critical'];
  v_key record;
  v_value jsonb;
  v_text text;
  v_ok boolean;
  v_levels float8[];
  v_place int := 0;
  v_before float8;
  v_limit float8;
begin
  if kind is null or alerting.rule_example(kind) is null then
    return pg_catalog.format('unknown kind of rule "%s"', pg_catalog.left(kind, 100));
  end if;
  if params is null or pg_catalog.jsonb_typeof(params) <> 'object' then
    return 'params must be a JSON object';
  end if;

  for v_key in
    with known (kinds, key, type, is_needed, choice) as (
      values
        ('anomaly', 'persist', 'persist', false, null),
        ('anomaly', 'model_scope', 'choice', false, '{stream,device_model,site,profile}'),
        ('threshold,trend,forecast,drift', 'metric', 'text', true, null),
        ('threshold,trend,forecast', 'op', 'choice', true, '{<,<=,>,>=}'),
        ('threshold,trend,drift', 'levels', 'levels', true, null),
        ('threshold', 'clear', 'number', false, null),
        ('threshold', 'of', 'choice', false, '{value,mean,min,max}'),
        ('threshold', 'bucket', 'duration', false, null),
        ('no_data', 'for', 'duration', true, null),
        ('threshold,trend,forecast,drift,system,view', 'for', 'duration', false, null),
        ('no_data', 'per', 'choice', false, '{device,site}'),
        ('no_data', 'share', 'share', false, null),
        ('no_data', 'never', 'boolean', false, null),
        ('trend,forecast', 'window', 'duration', true, null),
        ('trend', 'slope_per', 'duration', true, null),
        ('trend', 'max_p', 'share', false, null),
        ('forecast', 'bucket', 'duration', true, null),
        ('forecast', 'horizon', 'duration', true, null),
        ('forecast', 'season', 'duration', false, null),
        ('forecast', 'limit', 'number', true, null),
        ('forecast', 'interval', 'share', false, null),
        ('drift', 'reference', 'duration', true, null),
        ('drift', 'current', 'duration', true, null),
        ('drift', 'test', 'choice', false, '{psi,ks,js}'),
        ('drift', 'min_n', 'count', false, null),
        ('drift', 'bins', 'count', false, null),
        ('system', 'what', 'choice', true, '{job,worker}'),
        ('system', 'late', 'duration', true, null),
        ('view', 'view', 'text', true, null),
        ('no_data,trend,forecast,drift,system,view', 'every', 'duration', false, null)
    )
    select coalesce(k.key, g.key) as key, k.type, k.is_needed, k.choice::text[] as choice
    from (select * from known n where kind = any (pg_catalog.string_to_array(n.kinds, ','))) k
    full join pg_catalog.jsonb_object_keys(params) g (key) on g.key = k.key
    order by 1
  loop
    if v_key.type is null then
      return pg_catalog.format('rules of kind %s have no parameter "%s"', kind, pg_catalog.left(v_key.key, 100));
    end if;
    v_value := params -> v_key.key;
    v_text := params ->> v_key.key;
    if v_text is null then
      if v_key.is_needed then
        return pg_catalog.format('rules of kind %s need "%s"', kind, v_key.key);
      end if;
      continue;
    end if;
    v_ok := case pg_catalog.jsonb_typeof(v_value)
      when 'string' then v_key.type in ('text', 'choice', 'duration')
      when 'number' then v_key.type in ('number', 'share', 'count')
      when 'boolean' then v_key.type = 'boolean'
      when 'object' then v_key.type in ('levels', 'persist')
      else false
    end;
    if v_ok then
      v_ok := case v_key.type
        when 'text' then pg_catalog.length(v_text) between 1 and 200
        when 'choice' then v_text = any (v_key.choice)
        when 'duration' then coalesce(pg_catalog.pg_input_is_valid(v_text, 'interval'), false)
        when 'number' then pg_catalog.pg_input_is_valid(v_text, 'float8')
        when 'share' then v_text::numeric > 0 and v_text::numeric <= 1
        when 'count' then v_text::numeric between 2 and 1000000 and v_text::numeric % 1 = 0
        else true
      end;
    end if;
    if v_ok and v_key.type = 'duration' then
      v_ok := pg_catalog.isfinite(v_text::interval) and v_text::interval >= interval '1 second' and v_text::interval <= interval '366 days';
    end if;
    if not v_ok then
      return pg_catalog.format('"%s" must be %s', v_key.key, case v_key.type
        when 'text' then 'a string of 1 to 200 characters'
        when 'choice' then 'one of ' || pg_catalog.array_to_string(v_key.choice, ', ')
        when 'duration' then 'a time from "1 second" to "366 days"'
        when 'number' then 'a number'
        when 'share' then 'a number above 0 and at most 1'
        when 'count' then 'a whole number from 2 to 1000000'
        when 'boolean' then 'true or false'
        else 'a JSON object'
      end);
    end if;
  end loop;

  if params ->> 'levels' is not null then
    if params -> 'levels' = '{}'
      or exists (
        select from pg_catalog.jsonb_each(params -> 'levels') l
        where l.key <> all (c_severities) or pg_catalog.jsonb_typeof(l.value) <> 'number'
          or not pg_catalog.pg_input_is_valid(l.value::text, 'float8')) then
      return '"levels" must give a number for one or more of low, medium, high and critical';
    end if;
    v_levels := alerting.level_limits(params);
    foreach v_limit in array v_levels loop
      v_place := v_place + 1;
      if v_before is not null and v_limit is not null
        and not alerting.breaches(v_limit, coalesce(pg_catalog.left(params ->> 'op', 1), '>'), v_before) then
        return pg_catalog.format('the level of %s must lie beyond that of lesser severities', c_severities[v_place]);
      end if;
      v_before := coalesce(v_limit, v_before);
    end loop;
  end if;

  case kind
    when 'anomaly' then
      if params ->> 'persist' is not null then
        if (params -> 'persist') - '{n,m}'::text[] <> '{}'
          or coalesce(pg_catalog.jsonb_typeof(params #> '{persist,n}') <> 'number' or pg_catalog.jsonb_typeof(params #> '{persist,m}') <> 'number', true) then
          return '"persist" must be {"n": …, "m": …}: n of the last m scores';
        end if;
        if (params #>> '{persist,n}')::numeric % 1 <> 0 or (params #>> '{persist,m}')::numeric % 1 <> 0
          or not (params #>> '{persist,n}')::numeric between 1 and (params #>> '{persist,m}')::numeric
          or (params #>> '{persist,m}')::numeric > 100 then
          return 'of "persist" n must be from 1 to m, and m at most 100';
        end if;
      end if;
    when 'threshold' then
      v_limit := (select l from pg_catalog.unnest(v_levels) l where l is not null limit 1);
      if alerting.breaches((params ->> 'clear')::float8, pg_catalog.left(params ->> 'op', 1), v_limit) then
        return '"clear" must lie on the good side of the least level';
      end if;
      if (coalesce(params ->> 'of', 'value') = 'value') <> (params ->> 'bucket' is null) then
        return '"of" mean, min or max goes with a "bucket", and a bucket with one of them';
      end if;
      if pg_catalog.date_part('month', (params ->> 'bucket')::interval) <> 0 or pg_catalog.date_part('year', (params ->> 'bucket')::interval) <> 0
        or (params ->> 'bucket')::interval > interval '7 days' then
        return '"bucket" must be at most 7 days';
      end if;
    when 'no_data' then
      if params ->> 'share' is not null and coalesce(params ->> 'per', 'device') <> 'site' then
        return '"share" goes with "per": "site"';
      end if;
    when 'forecast' then
      if pg_catalog.date_part('month', (params ->> 'bucket')::interval) <> 0 or pg_catalog.date_part('year', (params ->> 'bucket')::interval) <> 0 then
        return '"bucket" must name no months or years';
      end if;
      if not extract(epoch from (params ->> 'window')::interval) / extract(epoch from (params ->> 'bucket')::interval) between 20 and 10000 then
        return '"window" must be 20 to 10000 buckets long';
      end if;
      if not extract(epoch from (params ->> 'horizon')::interval) / extract(epoch from (params ->> 'bucket')::interval) between 1 and 1000 then
        return '"horizon" must be 1 to 1000 buckets long';
      end if;
      if pg_catalog.mod(extract(epoch from (params ->> 'season')::interval), extract(epoch from (params ->> 'bucket')::interval)) <> 0
        or (params ->> 'season')::interval < 2 * (params ->> 'bucket')::interval
        or (params ->> 'season')::interval * 2 > (params ->> 'window')::interval then
        return '"season" must be a multiple of the bucket, and at most half the window';
      end if;
      if (params ->> 'interval')::float8 = 1 then
        return '"interval" must be below 1';
      end if;
    when 'drift' then
      if (params ->> 'bins')::int > 100 then
        return '"bins" must be at most 100';
      end if;
    else
      null;
  end case;
  return null;
end
$$;
comment on function alerting.rule_problem(text, jsonb) is
'What is wrong with the params of a kind of rule, in words; null when nothing is. Whether the metric or the view exists is not looked at.';
