create or replace function alerting.tell_told(tenant int, incident bigint, purpose text) returns int
language plpgsql
as $$
declare
  v_owner int;
  v_sequence bigint;
  v_told int;
begin
  -- What nobody has seen yet need not be taken back, except by a page that is under way or may have arrived.
  if purpose in ('acknowledge', 'resolve') then
    update alerting.notification n
    set state = 'suppressed', reason = 'overtaken'
    where n.tenant_id = tenant and n.incident_id = incident and n.state = 'pending' and n.purpose in ('page', 'update', 'remind', 'acknowledge');
  end if;
  if purpose = 'remind' then
    select p.person_id into v_owner
    from alerting.incident i
    join alerting.person p on p.tenant_id = i.tenant_id and i.acknowledged_by in (p.subject, p.name || ' (link)')
    where i.tenant_id = tenant and i.incident_id = incident
      and exists (
        select from alerting.notification n
        where n.tenant_id = tenant and n.incident_id = incident and n.purpose = 'page' and n.person_id = p.person_id)
    order by p.person_id
    limit 1;
  end if;
  select coalesce(max(n.sequence), 0) + 1 into v_sequence
  from alerting.notification n
  where n.tenant_id = tenant and n.incident_id = incident and n.purpose = tell_told.purpose;

  select pg_catalog.count(*) filter (where alerting.tell(tenant, incident, tell_told.purpose, 0, 0, t.target, t.channel_id, t.address,
    t.person_id, v_sequence))::int
  into v_told
  from (
    select distinct on (n.channel_id, n.address) n.channel_id, n.address, n.target, n.person_id
    from alerting.notification n
    join alerting.channel c on c.tenant_id = n.tenant_id and c.channel_id = n.channel_id
    where n.tenant_id = tenant and n.incident_id = incident and n.purpose = 'page'
      and (n.state in ('pending', 'claimed', 'delivered') or n.attempt > 0 or n.bundled_into is not null)
      and (v_owner is null or n.person_id = v_owner)
      -- Who has it is news for places that others look at.
      and (tell_told.purpose <> 'acknowledge' or c.kind in ('webhook', 'slack', 'teams', 'pagerduty'))
    order by n.channel_id, n.address, n.notification_id
  ) t;
  return v_told;
end
$$;
comment on function alerting.tell_told(int, bigint, text) is
'Raises a notification (update, acknowledge, resolve, remind) for every recipient that a page of the incident went to; an acknowledgement only for shared places, not for single people; a reminder only for whoever acknowledged, if that is one of those who were paged. Before an acknowledgement or a resolution, messages that are still waiting are suppressed as overtaken. Returns how many.';
