-- migrate:up
set local role vigil_owner;

-- An alert may also be about the system itself: a source that cannot be read, an archive that is damaged.
alter table alerting.alert
  alter column rule_id drop not null,
  alter column anomaly_id drop not null,
  add column dedup_key text constraint dedup_key_is_short check (dedup_key ~ '^[^[:space:]]{1,200}$'),
  add constraint about_anomaly_or_condition check (
    (rule_id is null) = (anomaly_id is null) and (anomaly_id is null) = (dedup_key is not null));
comment on table alerting.alert is 'A rule that matched an anomaly, or a condition of the system that somebody should know of.';
comment on column alerting.alert.dedup_key is 'Names a condition: one alert of that name is open at a time. Null for anomalies.';
create unique index alert_condition_open on alerting.alert (tenant_id, dedup_key) where state <> 'resolved';

reset role;

-- migrate:down
