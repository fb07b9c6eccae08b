create or replace function alerting.add_override(
  tenant int, schedule int, kind text, person_in int, person_out int, from_ts timestamptz, to_ts timestamptz, reason text, actor text
) returns int
language plpgsql
as $$
declare
  v_from timestamptz := greatest(add_override.from_ts, pg_catalog.now());
  v_override_id int;
  v_rule text;
begin
  if not coalesce(pg_catalog.isfinite(v_from) and pg_catalog.isfinite(add_override.to_ts) and v_from < add_override.to_ts, false) then
    raise exception using
      errcode = '22023',
      message = 'an override ends after it begins, and in the future',
      hint = 'Give "to" as an ISO 8601 timestamp to come. One that would begin in the past begins now.';
  end if;
  insert into alerting.schedule_override (tenant_id, schedule_id, kind, person_in, person_out, from_ts, to_ts, reason, created_by)
  values (tenant, add_override.schedule, add_override.kind, add_override.person_in, add_override.person_out, v_from, add_override.to_ts, add_override.reason, actor)
  returning override_id into v_override_id;
  return v_override_id;
exception
  when exclusion_violation then
    select o.override_id into v_override_id
    from alerting.schedule_override o
    where o.tenant_id = tenant and o.schedule_id = add_override.schedule and o.from_ts < add_override.to_ts and o.to_ts > v_from
      and (o.kind = 'add') = (add_override.kind = 'add')
      and case when o.kind = 'add' then o.person_in = add_override.person_in else o.person_out is not distinct from add_override.person_out end
    order by o.from_ts
    limit 1;
    raise exception using
      errcode = '23505',
      message = pg_catalog.format('override %s says something about the same person at that time', v_override_id),
      hint = 'Choose another time, or cancel that one first with POST /rpc/cancel_override.';
  when check_violation then
    get stacked diagnostics v_rule = constraint_name;
    raise exception using
      errcode = '22023',
      message = case v_rule
        when 'override_is_of_a_year_at_most' then 'an override lasts a year at most'
        when 'reason_length' then 'the reason is empty or longer than 1000 characters'
        else 'an override adds somebody, removes somebody, or replaces somebody (or everybody) by another' end,
      hint = case v_rule
        when 'override_is_of_a_year_at_most' then 'Change the schedule instead.'
        when 'reason_length' then 'Say in a sentence why, or leave it out.'
        else 'Send {"kind": "add", "person": "ann"}, {"kind": "remove", "person": "bob"} or {"kind": "replace", "person": "ann", "replaces": "bob"}.' end;
end
$$;
comment on function alerting.add_override(int, int, text, int, int, timestamptz, timestamptz, text, text) is
'Enters an override of a schedule; one that would begin in the past, or without a beginning, begins now. Returns override_id. 22023 for what is not right, 23505 when another override says something about the same person at that time.';
