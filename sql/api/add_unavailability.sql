create or replace function api.add_unavailability(person text, "to" timestamptz, "from" timestamptz default null, reason text default null) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('add_unavailability', jsonb_build_array(person, "to", "from", reason)::text);
  v_person_id int := alerting.find_person(v_tenant_id, person, false);
  v_row alerting.unavailability;
begin
  perform alerting.refuse_stranger(v_tenant_id, v_person_id, '{operator,tenant_admin,platform_admin}');
  if v_answer is not null then
    return v_answer;
  end if;
  if not coalesce(add_unavailability."to" > greatest(add_unavailability."from", now()) and isfinite(add_unavailability."to"), false) then
    raise exception using
      errcode = '22023',
      message = 'an absence ends after it begins, and in the future',
      hint = 'Give "to" as an ISO 8601 timestamp to come. One that would begin in the past begins now.';
  end if;
  if length(add_unavailability.reason) not between 1 and 1000 then
    raise exception using
      errcode = '22023',
      message = 'the reason is empty or longer than 1000 characters',
      hint = 'Say in a sentence why, or leave it out.';
  end if;
  insert into alerting.unavailability (tenant_id, person_id, from_ts, to_ts, reason, created_by)
  values (v_tenant_id, v_person_id, greatest(add_unavailability."from", now()), add_unavailability."to", add_unavailability.reason, auth.subject())
  returning * into v_row;
  return ops.keep_answer('add_unavailability', jsonb_build_object('unavailability_id', v_row.unavailability_id, 'person', add_unavailability.person,
    'from', v_row.from_ts, 'to', v_row.to_ts));
end
$$;
comment on function api.add_unavailability(text, timestamptz, timestamptz, text) is
$$Say that a person is away
For yourself, or as operator for anybody: schedules go on as if they were not in their slots. From now when from is left out or past. The reason is for operators.$$;
