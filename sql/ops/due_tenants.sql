create or replace function ops.due_tenants(job text) returns table (tenant_id int, name text)
language sql stable
as $$
  -- Asked for all at once: most tenants have nothing to do most of the time, and a call for each costs more than this question.
  -- Each kind of work that the job's function does is here; what is left out is never done.
  select t.tenant_id, t.name
  from fleet.tenant t
  where t.active and case due_tenants.job
    when 'features' then
      exists (select from fleet.reading_change c where c.tenant_id = t.tenant_id)
    when 'scores' then
      exists (select from detect.feature_change c where c.tenant_id = t.tenant_id)
    when 'anomalies' then
      exists (select from detect.score_change c where c.tenant_id = t.tenant_id)
      or exists (select from detect.anomaly a where a.tenant_id = t.tenant_id and a.state <> 'closed')
    when 'rules' then
      exists (
        select from alerting.rule r
        where r.tenant_id = t.tenant_id
          and case
            when r.enabled then alerting.is_rule_due(r, pg_catalog.now())
            else exists (
                select from alerting.alert al
                where al.tenant_id = r.tenant_id and al.rule_id = r.rule_id and al.state = 'open')
              or exists (select from alerting.rule_state s where s.tenant_id = r.tenant_id and s.rule_id = r.rule_id)
          end)
      -- Of a rule that was deleted, or could not be evaluated.
      or exists (
        select from alerting.alert al
        where al.tenant_id = t.tenant_id and al.state = 'open' and al.rule_id is null and al.dedup_key like 'rule:%')
    when 'alerts' then
      exists (select from detect.anomaly a where a.tenant_id = t.tenant_id and a.alert_pending)
      -- A rule that is new looks at all that is open, one with "persist" at what is open as it goes on.
      or exists (
        select from alerting.rule r
        where r.tenant_id = t.tenant_id and r.kind = 'anomaly' and r.enabled
          and (r.evaluated_to is null or r.params ->> 'persist' is not null))
      or exists (
        select from alerting.rule r
        join alerting.alert al on al.tenant_id = r.tenant_id and al.rule_id = r.rule_id and al.state = 'open'
        left join detect.anomaly a on a.tenant_id = al.tenant_id and a.anomaly_id = al.anomaly_id
        where r.tenant_id = t.tenant_id and r.kind = 'anomaly' and r.enabled and a.state is distinct from 'open')
      -- To be given to incidents; flapping; muted for as long as something mutes them.
      or exists (select from alerting.alert al where al.tenant_id = t.tenant_id and al.state = 'open' and al.incident_id is null)
      or exists (select from alerting.alert al where al.tenant_id = t.tenant_id and al.quiet_since is not null)
      or exists (select from alerting.alert al where al.tenant_id = t.tenant_id and al.state = 'open' and al.muted_by is not null)
    when 'escalations' then
      exists (select from alerting.timer m where m.tenant_id = t.tenant_id and m.due_at <= pg_catalog.statement_timestamp())
      or exists (select from alerting.notification n where n.tenant_id = t.tenant_id and n.state = 'held')
      or exists (select from alerting.recipient r where r.tenant_id = t.tenant_id and r.note_due_at <= pg_catalog.statement_timestamp())
      -- Handoffs are told up to five seconds ago, every ten.
      or exists (
        select from alerting.schedule s
        left join alerting.handoff_watermark w on w.tenant_id = s.tenant_id
        where s.tenant_id = t.tenant_id
          and (w.told_to is null or w.told_to < pg_catalog.statement_timestamp() - interval '15 seconds'))
    when 'rollups' then
      exists (select from fleet.rollup_change c where c.tenant_id = t.tenant_id)
      or exists (select from fleet.rollup_due o where o.tenant_id = t.tenant_id)
      -- Rollups may have been switched off.
      or exists (select from fleet.stream_rollup sr where sr.tenant_id = t.tenant_id)
    else true
  end
$$;
comment on function ops.due_tenants(text) is
'The active tenants that ops.run calls a job''s function for: those that have something that it would do. For a job of which that cannot be told ahead, all of them.';
