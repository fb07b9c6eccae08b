-- Whom a job works for: each kind of work brings its tenant into the question, and nothing else does.
begin;
set local client_min_messages = warning;
select plan(43);
-- Rows alone, beside foreign keys and triggers: what is due is asked of rows, however they came.
set local session_replication_role = replica;
insert into fleet.tenant (name, display_name, active) values ('acme', 'Has work', true), ('idle', 'Has none', true), ('asleep', 'Is not active', false);

-- All that there may be of a tenant that has nothing to do, for each of the three.
create temp table at_rest as select t.tenant_id from fleet.tenant t where t.name in ('acme', 'idle', 'asleep');
insert into detect.anomaly (tenant_id, anomaly_id, stream_id, model_id, state, severity, started_at, ended_at, points, peak_score, peak_at, explanation)
overriding system value
select r.tenant_id, 1, 1, 1, 'closed', 'high', now() - interval '1 hour', now() - interval '1 hour', 1, 0.9, now() - interval '1 hour', '[]' from at_rest r;
insert into alerting.rule (tenant_id, rule_id, name, kind, params, enabled, evaluated_to)
overriding system value
select r.tenant_id, x.rule_id, x.kind || x.rule_id, x.kind, '{}', x.enabled, now() - interval '1 second'
from at_rest r cross join (values (1, 'anomaly', true), (2, 'no_data', true), (3, 'no_data', false)) x (rule_id, kind, enabled);
insert into alerting.rule_state (tenant_id, rule_id, subject) select r.tenant_id, 2, 'device:1' from at_rest r;
insert into alerting.incident (tenant_id, incident_id, group_key, policy, severity, title)
overriding system value
select r.tenant_id, 1, 'g', '{}', 'high', 't' from at_rest r;
insert into alerting.alert (tenant_id, alert_id, incident_id, severity, summary, rule_id, dedup_key, state, resolved_at)
overriding system value
select r.tenant_id, x.alert_id, 1, 'high', 's', x.rule_id, x.dedup_key, x.state, case x.state when 'resolved' then now() end
from at_rest r
cross join (values (1, 1, 'rule:1:stream:1', 'resolved'), (2, 2, 'rule:2:device:1', 'open'), (3, null, 'something', 'open')) x (alert_id, rule_id, dedup_key, state);
insert into alerting.timer (tenant_id, incident_id, kind, due_at) select r.tenant_id, 1, 'escalate', now() + interval '1 hour' from at_rest r;
insert into alerting.recipient (tenant_id, channel_id, note_due_at) select r.tenant_id, 1, now() + interval '1 hour' from at_rest r;
insert into alerting.schedule (tenant_id, name, time_zone) select r.tenant_id, 'ops', 'UTC' from at_rest r;
insert into alerting.handoff_watermark (tenant_id, told_to) select r.tenant_id, clock_timestamp() from at_rest r;
insert into alerting.notification (tenant_id, channel_id, message_id, payload, state, purpose) select r.tenant_id, 1, 'msg_' || r.tenant_id, '{}', 'pending', 'page' from at_rest r;

create function pg_temp.due(job text) returns text[] language sql as $$ select array(select d.name from ops.due_tenants(job) d where d.name in ('acme', 'idle', 'asleep') order by 1) $$;
-- Who is due once something has changed for acme and for the tenant that is not active; the change is undone.
create function pg_temp.due_after(job text, change text) returns text[]
language plpgsql as $$
declare
  v_due text[];
begin
  begin
    execute replace(change, ':tenants', $t$(select t.tenant_id from fleet.tenant t where t.name in ('acme', 'asleep'))$t$);
    v_due := pg_temp.due(job);
    raise exception using errcode = 'TAP00', message = 'undone';
  exception when sqlstate 'TAP00' then
    return v_due;
  end;
end $$;

select is(pg_temp.due(j), '{}', format('%s: nobody is due', j)) from unnest('{features,scores,anomalies,rules,alerts,escalations,rollups}'::text[]) j;
select is(pg_temp.due('train'), '{acme,idle}', 'a job of which it cannot be told works for everybody who is active');

select is(pg_temp.due_after(w.job, w.change), '{acme}', format('%s: %s', w.job, w.kind))
from (values
  ('features', 'readings that were written', $$insert into fleet.reading_change select tenant_id, 1, now(), now() from :tenants t$$),
  ('scores', 'features that changed', $$insert into detect.feature_change select tenant_id, 1, now(), now() from :tenants t$$),
  ('anomalies', 'scores that changed', $$insert into detect.score_change select tenant_id, 1, now(), now() from :tenants t$$),
  ('anomalies', 'one that is open and may have ended', $$update detect.anomaly set state = 'open' where tenant_id in :tenants$$),
  ('anomalies', 'a candidate that may come to nothing', $$update detect.anomaly set state = 'candidate' where tenant_id in :tenants$$),
  ('rules', 'one that is new', $$update alerting.rule set evaluated_to = null where rule_id = 2 and tenant_id in :tenants$$),
  ('rules', 'one whose time has come', $$update alerting.rule set evaluated_to = now() - interval '10 seconds' where rule_id = 2 and tenant_id in :tenants$$),
  ('rules', 'one that looks at all that arrives', $$update alerting.rule set kind = 'threshold' where rule_id = 2 and tenant_id in :tenants$$),
  ('rules', 'one that failed and is tried again', $$update alerting.rule set evaluated_to = now() - interval '40 seconds', last_error_at = now() - interval '30 seconds' where rule_id = 2 and tenant_id in :tenants$$),
  ('rules', 'an open alert of one that is disabled', $$update alerting.alert set rule_id = 3 where alert_id = 2 and tenant_id in :tenants$$),
  ('rules', 'an open alert of one about anomalies that is disabled', $$update alerting.rule set enabled = (rule_id <> 1) where tenant_id in :tenants and rule_id = 1; update alerting.alert set rule_id = 1 where alert_id = 2 and tenant_id in :tenants$$),
  ('rules', 'the state of one that is disabled', $$update alerting.rule_state set rule_id = 3 where tenant_id in :tenants$$),
  ('rules', 'an open alert of one that is deleted', $$update alerting.alert set rule_id = null where alert_id = 2 and tenant_id in :tenants$$),
  ('rules', 'the condition that one had failed', $$update alerting.alert set dedup_key = 'rule:9:failed' where alert_id = 3 and tenant_id in :tenants$$),
  ('alerts', 'an anomaly to be told', $$update detect.anomaly set alert_pending = true where tenant_id in :tenants$$),
  ('alerts', 'a rule that is new', $$update alerting.rule set evaluated_to = null where rule_id = 1 and tenant_id in :tenants$$),
  ('alerts', 'a rule for what persists', $$update alerting.rule set params = '{"persist": {"n": 2, "m": 3}}' where rule_id = 1 and tenant_id in :tenants$$),
  ('alerts', 'an open alert whose anomaly is closed', $$update alerting.alert set rule_id = 1, anomaly_id = 1 where alert_id = 2 and tenant_id in :tenants$$),
  ('alerts', 'an open alert whose anomaly is gone', $$update alerting.alert set rule_id = 1 where alert_id = 2 and tenant_id in :tenants$$),
  ('alerts', 'one that is in no incident', $$update alerting.alert set incident_id = null where alert_id = 3 and tenant_id in :tenants$$),
  ('alerts', 'one that flaps and is quiet', $$update alerting.alert set quiet_since = now() where alert_id = 3 and tenant_id in :tenants$$),
  ('alerts', 'one that is muted', $$update alerting.alert set muted_by = 'silence', muted_id = 1 where alert_id = 3 and tenant_id in :tenants$$),
  ('escalations', 'a timer', $$update alerting.timer set due_at = statement_timestamp() where tenant_id in :tenants$$),
  ('escalations', 'a message that is held', $$update alerting.notification set state = 'held' where tenant_id in :tenants$$),
  ('escalations', 'a note', $$update alerting.recipient set note_due_at = statement_timestamp() where tenant_id in :tenants$$),
  ('escalations', 'a first schedule', $$delete from alerting.handoff_watermark where tenant_id in :tenants$$),
  ('escalations', 'handoffs since they were told last', $$update alerting.handoff_watermark set told_to = statement_timestamp() - interval '16 seconds' where tenant_id in :tenants$$),
  ('rollups', 'readings that were written', $$insert into fleet.rollup_change select tenant_id, 1, now(), now() from :tenants t$$),
  ('rollups', 'a bucket to be made', $$insert into fleet.rollup_due select tenant_id, 1, '1 hour', now() from :tenants t$$),
  ('rollups', 'a stream whose rollup may be switched off', $$insert into fleet.stream_rollup select tenant_id, 1, '1 hour', true from :tenants t$$)
) w (job, kind, change);

-- And what brings nobody in.
select is(pg_temp.due_after(w.job, w.change), '{}', format('%s: not %s', w.job, w.kind))
from (values
  ('rules', 'one that failed just now', $$update alerting.rule set evaluated_to = now() - interval '40 seconds', last_error_at = now() - interval '20 seconds' where rule_id = 2 and tenant_id in :tenants$$),
  ('rules', 'one about anomalies', $$update alerting.rule set evaluated_to = null where rule_id = 1 and tenant_id in :tenants$$),
  ('alerts', 'an open alert of an anomaly that is open', $$update detect.anomaly set state = 'open' where tenant_id in :tenants; update alerting.alert set rule_id = 1, anomaly_id = 1 where alert_id = 2 and tenant_id in :tenants$$),
  ('alerts', 'a new rule of another kind', $$update alerting.rule set evaluated_to = null where rule_id = 2 and tenant_id in :tenants$$),
  ('alerts', 'a rule that is disabled', $$update alerting.rule set evaluated_to = null, enabled = false where rule_id = 1 and tenant_id in :tenants$$)
) w (job, kind, change);

select * from finish();
rollback;
