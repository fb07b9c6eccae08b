create or replace function api.override_schedule(
  schedule text, kind text, person text, "to" timestamptz, "from" timestamptz default null, replaces text default null, reason text default null
) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('override_schedule', jsonb_build_array(schedule, kind, person, "to", "from", replaces, reason)::text);
  v_schedule_id int;
  v_person_id int;
  v_replaces_id int;
  v_override_id int;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  v_schedule_id := alerting.find_schedule(v_tenant_id, override_schedule.schedule);
  v_person_id := alerting.find_person(v_tenant_id, override_schedule.person, override_schedule.kind in ('add', 'replace'));
  if override_schedule.replaces is not null then
    if override_schedule.kind is distinct from 'replace' then
      raise exception using
        errcode = '22023',
        message = 'replaces belongs to the kind replace',
        hint = 'Send {"kind": "replace", "person": "ann", "replaces": "bob"}, or leave it out.';
    end if;
    v_replaces_id := alerting.find_person(v_tenant_id, override_schedule.replaces, false);
  end if;
  v_override_id := alerting.add_override(v_tenant_id, v_schedule_id, override_schedule.kind,
    case when override_schedule.kind is distinct from 'remove' then v_person_id end,
    case when override_schedule.kind = 'remove' then v_person_id else v_replaces_id end,
    override_schedule."from", override_schedule."to", override_schedule.reason, auth.subject());
  return ops.keep_answer('override_schedule', (
    select jsonb_build_object('override_id', o.override_id, 'schedule', override_schedule.schedule, 'kind', o.kind, 'person', override_schedule.person,
      'replaces', override_schedule.replaces, 'from', o.from_ts, 'to', o.to_ts, 'reason', o.reason)
    from alerting.schedule_override o
    where o.tenant_id = v_tenant_id and o.override_id = v_override_id));
end
$$;
comment on function api.override_schedule(text, text, text, timestamptz, timestamptz, text, text) is
$$Put somebody on call, or off, for a while
kind add: person is on call besides the others. remove: person is passed over, and the next layer decides when nobody is left. replace: person stands in wherever the layers name the one in replaces, or, without it, for everybody. From now when from is left out or past, for a year at most.$$;
