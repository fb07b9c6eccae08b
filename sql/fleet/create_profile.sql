create or replace function fleet.create_profile(tenant int, profile text, metrics jsonb) returns int
language plpgsql
as $$
declare
  v_profile_id int;
  v_metric jsonb;
begin
  if pg_catalog.jsonb_typeof(metrics) is distinct from 'array' or pg_catalog.jsonb_array_length(metrics) = 0 then
    raise exception using
      errcode = '22023',
      message = 'metrics must be a non-empty array',
      hint = 'Give names, ["battery", "storage"], or objects, [{"name": "battery", "unit": "%", "kind": "gauge"}].';
  end if;

  insert into fleet.profile (tenant_id, name) values (tenant, profile) returning profile_id into v_profile_id;
  for v_metric in select e.value from pg_catalog.jsonb_array_elements(metrics) with ordinality as e order by e.ordinality loop
    if pg_catalog.jsonb_typeof(v_metric) = 'string' then
      v_metric := pg_catalog.jsonb_build_object('name', v_metric);
    end if;
    insert into fleet.metric (tenant_id, profile_id, position, name, unit, kind, description, personal)
    values (tenant, v_profile_id, null, v_metric ->> 'name', coalesce(v_metric ->> 'unit', ''),
      coalesce(v_metric ->> 'kind', 'gauge'), v_metric ->> 'description',
      coalesce((v_metric ->> 'personal')::boolean, false));
  end loop;
  perform detect.define_features(tenant, v_profile_id, null);
  return v_profile_id;
end
$$;
comment on function fleet.create_profile(int, text, jsonb) is
'Makes a profile from an array of metric names or objects (name, unit, kind, description, personal), with the default feature set. Returns profile_id. 23505 when the name is taken, 22023 or 23514 for malformed metrics.';
