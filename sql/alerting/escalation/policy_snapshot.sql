create or replace function alerting.policy_snapshot(tenant int, policy int) returns jsonb
language sql stable
as $$
  select coalesce((
      select pg_catalog.jsonb_build_object('policy_id', p.policy_id, 'name', p.name, 'repeats', p.repeats,
        'acknowledge_timeout', p.acknowledge_timeout, 'reminder', p.reminder,
        'steps', coalesce((
          select pg_catalog.jsonb_agg(pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
              'delay', s.delay, 'min_severity', s.min_severity, 'weekdays', s.weekdays, 'from_time', s.from_time, 'to_time', s.to_time,
              'time_zone', s.time_zone,
              'targets', coalesce((
                select pg_catalog.jsonb_agg(pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
                    'kind', t.kind, 'person_id', t.person_id, 'schedule_id', t.schedule_id, 'channel_id', t.channel_id,
                    'person_ids', t.person_ids, 'position', t.position, 'target_no', t.target_no)) order by t.target_no)
                from alerting.escalation_target t
                where t.tenant_id = s.tenant_id and t.policy_id = s.policy_id and t.position = s.position), '[]')))
            order by s.position)
          from alerting.escalation_step s
          where s.tenant_id = p.tenant_id and s.policy_id = p.policy_id), '[]'))
      from alerting.escalation_policy p
      where p.tenant_id = tenant
        and p.policy_id = coalesce(policy_snapshot.policy, (alerting.setting_of(tenant)).fallback_policy_id)),
    '{"name": "every channel", "repeats": 0,
      "steps": [{"delay": "00:00:00", "min_severity": "low", "targets": [{"kind": "all_channels", "position": 1, "target_no": 1}]}]}')
$$;
comment on function alerting.policy_snapshot(int, int) is
'An escalation policy as it is now, as the JSON that an incident keeps: {policy_id, name, repeats, acknowledge_timeout, reminder, steps: [{delay, min_severity, weekdays, from_time, to_time, time_zone, targets: [{kind, …}]}]}. policy null: the tenant''s fallback policy; without one, a policy without policy_id that tells every enabled channel at once.';
