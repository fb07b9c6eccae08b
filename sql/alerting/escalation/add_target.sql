create or replace function alerting.add_target(tenant int, policy int, step_position int, number int, target jsonb) returns void
language plpgsql
as $$
declare
  v_kind text;
  v_names text[];
  v_ids int[];
begin
  select min(k.key) into v_kind
  from pg_catalog.jsonb_object_keys(case when pg_catalog.jsonb_typeof(target) = 'object' then target else '{}' end) k (key)
  having pg_catalog.count(*) = 1;
  if v_kind is null or v_kind not in ('person', 'schedule', 'channel', 'round_robin', 'all_channels')
    or pg_catalog.jsonb_typeof(target -> v_kind) is distinct from (case v_kind when 'round_robin' then 'array' when 'all_channels' then 'boolean' else 'string' end)
    or target = '{"all_channels": false}'
  then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('target %s of step %s is not one', number, step_position),
      hint = 'A target is {"person": "name"}, {"schedule": "name"}, {"channel": "name"}, {"round_robin": ["name", …]} or {"all_channels": true}.';
  end if;
  v_names := case v_kind
    when 'all_channels' then '{}'
    when 'round_robin' then array(select n.name from pg_catalog.jsonb_array_elements_text(target -> v_kind) n (name))
    else array[target ->> v_kind] end;
  v_ids := array(
    select coalesce(p.person_id, s.schedule_id, c.channel_id)
    from pg_catalog.unnest(v_names) with ordinality n (name, place)
    left join alerting.person p on v_kind in ('person', 'round_robin') and p.tenant_id = tenant and p.name = n.name
    left join alerting.schedule s on v_kind = 'schedule' and s.tenant_id = tenant and s.name = n.name
    left join alerting.channel c on v_kind = 'channel' and c.tenant_id = tenant and c.name = n.name
    order by n.place);
  if pg_catalog.array_position(v_ids, null) is not null then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('%s "%s" does not exist', case v_kind when 'round_robin' then 'person' else v_kind end,
        v_names[pg_catalog.array_position(v_ids, null)]),
      hint = pg_catalog.format('GET /%s lists them.', case v_kind when 'schedule' then 'schedules' when 'channel' then 'channels' else 'people' end);
  end if;
  insert into alerting.escalation_target (tenant_id, policy_id, position, target_no, kind, person_id, schedule_id, channel_id, person_ids)
  values (tenant, policy, step_position, number, v_kind,
    case v_kind when 'person' then v_ids[1] end, case v_kind when 'schedule' then v_ids[1] end,
    case v_kind when 'channel' then v_ids[1] end, case v_kind when 'round_robin' then v_ids end);
end
$$;
comment on function alerting.add_target(int, int, int, int, jsonb) is
'Adds a target to a step by name: {"person"}, {"schedule"}, {"channel"}, {"round_robin": [people]} or {"all_channels": true}. 22023 for anything else, 42704 for a name that does not exist.';
