-- migrate:up
-- As superuser: row security holds for the owner too.
insert into ops.retention_object (object, position, relation, description, minimum, maximum)
values
  ('incidents', 12, 'alerting.incident', 'Resolved incidents with their alerts, timeline and notifications.', '30 days', '3650 days'),
  ('alerts', 13, 'alerting.alert', 'Resolved alerts that were muted and so never in an incident.', '30 days', '3650 days'),
  ('notifications', 14, 'alerting.notification', 'Messages that were sent, suppressed or given up, unless their incident goes on.', '14 days', '365 days');
insert into ops.retention_policy (object, hot, reason, changed_by)
values
  ('incidents', '365 days', 'default', 'vigil'),
  ('alerts', '365 days', 'default', 'vigil'),
  ('notifications', '90 days', 'default', 'vigil');
update ops.retention_object set description = 'Anomalies that have ended.' where object = 'anomalies';

-- migrate:down
