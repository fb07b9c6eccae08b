create or replace view api.notifications with (security_invoker = true) as
select n.notification_id, n.incident_id, ch.name as channel, ch.kind, p.name as person, n.purpose, n.severity, n.step, n.cycle, n.target,
  n.state, n.reason, n.bundled_into, n.attempt, case when n.state = 'pending' then n.next_attempt_at end as next_attempt_at,
  n.last_status, n.last_detail, n.created_at, n.delivered_at
from alerting.notification n
join alerting.channel ch using (tenant_id, channel_id)
left join alerting.person p on p.tenant_id = n.tenant_id and p.person_id = n.person_id;
comment on view api.notifications is
$$What was sent to whom, and what was not
pending and claimed are on their way; delivered, dead and suppressed (reason says why) are ends. The dead letters are those with state dead: POST /rpc/replay_notification tries one again. Each attempt is in GET /delivery_attempts.$$;
