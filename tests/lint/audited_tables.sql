-- Every table is audited row by row (sql/audit/triggers.sql) or is here, with the reason why it is not.
with not_audited (object, reason) as (
  values
    ('audit.entry', 'the trail itself'),
    ('audit.head', 'made of the trail'),
    ('audit.anchor', 'what it says is in the trail'),
    ('audit.signing_key', 'made by the signing itself'),
    ('audit.audited_table', 'written by every deploy'),
    ('auth.session', 'the call that makes or ends one is in the trail'),
    ('auth.refresh_token', 'each use makes one; goes with its session'),
    ('auth.one_time_token', 'the call that makes or uses one is in the trail'),
    ('auth.recovery_code', 'the call that makes or uses one is in the trail'),
    ('auth.login_attempt', 'counts failures by address'),
    ('auth.reset_request', 'what a job has to do; the call that asks is in the trail'),
    ('auth.blocked_password', 'a list from elsewhere, loaded as a whole'),
    ('fleet.reading', 'readings'),
    ('fleet.latest', 'made of readings'),
    ('fleet.reading_change', 'what the pipeline has to do'),
    ('fleet.reading_rollup', 'made of readings'),
    ('fleet.stream_rollup', 'what the pipeline has done'),
    ('fleet.rollup_change', 'what the pipeline has to do'),
    ('fleet.rollup_due', 'what the pipeline has to do'),
    ('fleet.restored_reading', 'readings; the call that restores them is in the trail'),
    ('fleet.export_change', 'what has been written since'),
    ('fleet.ingest_batch', 'itself a record of calls that are in the trail'),
    ('fleet.source_rejection', 'readings that a source gave in vain'),
    ('detect.feature', 'made with its feature set, which has its SHA-256'),
    ('detect.device_feature', 'made of readings'),
    ('detect.feature_change', 'what the pipeline has to do'),
    ('detect.score', 'made of features'),
    ('detect.score_change', 'what the pipeline has to do'),
    ('alerting.alert', 'raised and resolved by jobs'),
    ('alerting.notification', 'the outbox'),
    ('alerting.delivery_attempt', 'itself a record of what the worker did'),
    ('alerting.acknowledge_link', 'made with a notification; its use is in the trail'),
    ('alerting.recipient', 'counts messages'),
    ('alerting.tally', 'counts messages'),
    ('alerting.timer', 'what jobs have to do'),
    ('alerting.rule_state', 'what jobs have found'),
    ('alerting.round_robin', 'whose turn it is'),
    ('alerting.handoff_watermark', 'up to where jobs have come'),
    ('alerting.former_fallback', 'kept by the change of a schedule, which is in the trail'),
    ('ops.data_class', 'written by every deploy'),
    ('ops.deletion_certificate', 'itself a record, signed; its tenant is gone'),
    ('ops.tenant_export', 'made by a call that is in the trail'),
    ('ops.tenant_export_file', 'files that a job writes'),
    ('ops.point_log', 'counts points'),
    ('ops.usage', 'counted by a job'),
    ('ops.heartbeat', 'signs of life'),
    ('ops.idempotency_key', 'answers to calls that are in the trail'),
    ('ops.job_run', 'itself a record of what jobs did'),
    ('ops.retention_run', 'itself a record of what retention did, which is in the trail'),
    ('ops.storage_sample', 'measured by a job'),
    ('ops.archive_manifest', 'files that jobs write and remove'),
    ('ops.archive_restore', 'made by a call that is in the trail')
),
ours as (
  select c.oid, n.nspname || '.' || c.relname as object
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace and n.nspowner = 'vigil_owner'::regrole
  where c.relkind in ('r', 'p')
)
select format('%s is neither audited nor declared in this file', o.object)
from ours o
where not exists (select from audit.audited_table a where a.object = o.object)
  and not exists (select from not_audited n where n.object = o.object)
union all
select format('%s is audited and declared in this file', n.object)
from not_audited n
join audit.audited_table a on a.object = n.object
union all
select format('%s is declared in this file and does not exist', n.object)
from not_audited n
where not exists (select from ours o where o.object = n.object)
union all
select w from audit.missing_triggers() w
union all
-- What is a secret by its name is masked.
select format('column %s of %s is shown in the audit trail', c.attname, a.object)
from audit.audited_table a
join pg_attribute c on c.attrelid = a.object::regclass and c.attnum > 0 and not c.attisdropped
where c.attname ~ 'password|secret|sealed|token|credential|_hash$|key_sha256|^email$|^address$' and c.attname <> all (a.masked)
  and c.attname not in ('password_changed_at')
union all
-- A misspelt column is not masked.
select format('%s has no column %s to be masked or left out', a.object, x.name)
from audit.audited_table a
cross join unnest(a.masked || a.uninteresting) x (name)
where not exists (select from pg_attribute c where c.attrelid = a.object::regclass and c.attname = x.name and not c.attisdropped)
order by 1;
