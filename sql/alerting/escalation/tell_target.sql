create or replace function alerting.tell_target(tenant int, incident bigint, cycle int, step int, target jsonb) returns int
language plpgsql
as $$
declare
  v_kind text := target ->> 'kind';
  v_channel record;
  v_told int := 0;
  v_turn bigint;
  v_people int[];
begin
  if v_kind = 'person' then
    return alerting.tell_person(tenant, incident, tell_target.cycle, tell_target.step, (target ->> 'person_id')::int);
  elsif v_kind = 'schedule' then
    select coalesce(pg_catalog.sum(alerting.tell_person(tenant, incident, tell_target.cycle, tell_target.step, o.person_id)), 0)::int into v_told
    from (
      select distinct o.person_id
      from alerting.on_call_at(tenant, (target ->> 'schedule_id')::int, pg_catalog.clock_timestamp()) o
      where o.person_id is not null
    ) o;
    return v_told;
  elsif v_kind = 'round_robin' then
    v_people := array(
      select p.person_id
      from pg_catalog.jsonb_array_elements_text(target -> 'person_ids') with ordinality x (id, place)
      join alerting.person p on p.tenant_id = tenant and p.person_id = x.id::int and p.active
      order by x.place);
    if v_people = '{}' then
      return 0;
    end if;
    -- The policy may be gone since the incident opened; then its turn is always the first's.
    insert into alerting.round_robin as r (tenant_id, policy_id, position, target_no, turn)
    select tenant, i.policy_id, (target ->> 'position')::int, (target ->> 'target_no')::int, 1
    from (
      select p.policy_id
      from alerting.incident x
      join alerting.escalation_policy p on p.tenant_id = x.tenant_id and p.policy_id = (x.policy ->> 'policy_id')::int
      where x.tenant_id = tenant and x.incident_id = incident
    ) i
    on conflict (tenant_id, policy_id, position, target_no) do update set turn = r.turn + 1
    returning turn into v_turn;
    -- Somebody who cannot be reached is passed over.
    for v_place in 0 .. pg_catalog.cardinality(v_people) - 1 loop
      v_told := alerting.tell_person(tenant, incident, tell_target.cycle, tell_target.step,
        v_people[(coalesce(v_turn, 1) - 1 + v_place) % pg_catalog.cardinality(v_people) + 1]);
      exit when v_told > 0;
    end loop;
    return v_told;
  end if;

  -- A channel, or every one that has recipients of its own.
  for v_channel in
    select c.channel_id
    from alerting.channel c
    where c.tenant_id = tenant
      and case when v_kind = 'channel' then c.channel_id = (target ->> 'channel_id')::int
        else c.enabled and c.disabled_at is null and (c.kind not in ('email', 'sms') or c.config ? 'to') end
    order by c.channel_id
  loop
    v_told := v_told + alerting.tell(tenant, incident, 'page', tell_target.cycle, tell_target.step, 'channel:' || v_channel.channel_id,
      v_channel.channel_id, null, null, 0)::int;
  end loop;
  return v_told;
end
$$;
comment on function alerting.tell_target(int, bigint, int, int, jsonb) is
'Tells one target of a step, as in alerting.policy_snapshot, of an incident: a person, whoever the schedule has on call now, a channel, every enabled channel with recipients of its own, or the next active person of a round robin. Returns how many messages that makes now or later; 0 when there is nobody.';
