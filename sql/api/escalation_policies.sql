create or replace view api.escalation_policies with (security_invoker = true) as
select p.name, p.repeats, p.acknowledge_timeout, p.reminder,
  coalesce((
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
        'delay', s.delay, 'min_severity', s.min_severity, 'weekdays', s.weekdays, 'from_time', s.from_time, 'to_time', s.to_time,
        'time_zone', s.time_zone,
        'targets', coalesce((
          select pg_catalog.jsonb_agg(case t.kind
              when 'person' then pg_catalog.jsonb_build_object('person', pe.name)
              when 'schedule' then pg_catalog.jsonb_build_object('schedule', sc.name)
              when 'channel' then pg_catalog.jsonb_build_object('channel', c.name)
              when 'round_robin' then pg_catalog.jsonb_build_object('round_robin', (
                select pg_catalog.jsonb_agg(rp.name order by x.place)
                from pg_catalog.unnest(t.person_ids) with ordinality x (person_id, place)
                join alerting.person rp on rp.tenant_id = t.tenant_id and rp.person_id = x.person_id))
              else '{"all_channels": true}' end order by t.target_no)
          from alerting.escalation_target t
          left join alerting.person pe on pe.tenant_id = t.tenant_id and pe.person_id = t.person_id
          left join alerting.schedule sc on sc.tenant_id = t.tenant_id and sc.schedule_id = t.schedule_id
          left join alerting.channel c on c.tenant_id = t.tenant_id and c.channel_id = t.channel_id
          where t.tenant_id = s.tenant_id and t.policy_id = s.policy_id and t.position = s.position), '[]')))
      order by s.position)
    from alerting.escalation_step s
    where s.tenant_id = p.tenant_id and s.policy_id = p.policy_id), '[]') as steps,
  coalesce(f.fallback_policy_id = p.policy_id, false) as is_fallback, p.changed_at
from alerting.escalation_policy p
left join alerting.setting f on f.tenant_id = p.tenant_id;
comment on view api.escalation_policies is
$$Who is told, and who next when nobody acknowledges
Each step says after which delay whom: {"person"}, {"schedule"}, {"channel"}, {"round_robin": […]} or {"all_channels": true}. The fallback policy takes what no route takes, and is told when another policy is exhausted.$$;
