create or replace function api.cancel_override(override_id int) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('cancel_override', jsonb_build_array(override_id)::text);
  v_override alerting.schedule_override;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  select o.* into v_override
  from alerting.schedule_override o
  where o.tenant_id = v_tenant_id and o.override_id = cancel_override.override_id
  for update;
  if not found then
    raise sqlstate 'PT404' using
      message = format('override %s does not exist', cancel_override.override_id),
      hint = 'GET /schedule_overrides lists the overrides.';
  end if;
  if v_override.to_ts <= now() then
    raise sqlstate 'PT409' using
      message = format('override %s has ended', v_override.override_id),
      hint = 'Nothing is left of it to cancel; what was stays as it was.';
  end if;
  if v_override.from_ts >= now() then
    delete from alerting.schedule_override o where o.tenant_id = v_tenant_id and o.override_id = v_override.override_id;
  else
    update alerting.schedule_override o set to_ts = now() where o.tenant_id = v_tenant_id and o.override_id = v_override.override_id;
  end if;
  return ops.keep_answer('cancel_override', jsonb_build_object('override_id', v_override.override_id,
    'from', v_override.from_ts, 'to', greatest(v_override.from_ts, now()), 'cancelled', true));
end
$$;
comment on function api.cancel_override(int) is
$$End an override
One that is under way ends now, one that is to come goes.$$;
