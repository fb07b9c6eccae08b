create or replace function api.remove_unavailability(unavailability_id int) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('remove_unavailability', jsonb_build_array(unavailability_id)::text);
  v_row alerting.unavailability;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  select u.* into v_row
  from alerting.unavailability u
  where u.tenant_id = v_tenant_id and u.unavailability_id = remove_unavailability.unavailability_id
  for update;
  if not found then
    raise sqlstate 'PT404' using
      message = format('absence %s does not exist', remove_unavailability.unavailability_id),
      hint = 'GET /unavailabilities and POST /rpc/my_contacts list the absences.';
  end if;
  perform alerting.refuse_stranger(v_tenant_id, v_row.person_id, '{operator,tenant_admin,platform_admin}');
  if v_row.to_ts <= now() then
    raise sqlstate 'PT409' using
      message = format('absence %s has ended', v_row.unavailability_id),
      hint = 'Nothing is left of it to remove; what was stays as it was.';
  end if;
  if v_row.from_ts >= now() then
    delete from alerting.unavailability u where u.tenant_id = v_tenant_id and u.unavailability_id = v_row.unavailability_id;
  else
    update alerting.unavailability u set to_ts = now() where u.tenant_id = v_tenant_id and u.unavailability_id = v_row.unavailability_id;
  end if;
  return ops.keep_answer('remove_unavailability', jsonb_build_object('unavailability_id', v_row.unavailability_id,
    'from', v_row.from_ts, 'to', greatest(v_row.from_ts, now()), 'removed', true));
end
$$;
comment on function api.remove_unavailability(int) is
$$End an absence
For yourself, or as operator for anybody. One that is under way ends now, one that is to come goes.$$;
