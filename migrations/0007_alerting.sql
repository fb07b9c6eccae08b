-- migrate:up
set local role vigil_owner;

create table alerting.channel (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  channel_id int generated always as identity,
  name text not null,
  kind text not null default 'webhook' constraint kind_known check (kind in ('webhook')),
  url text not null constraint url_is_http check (url ~ '^https?://[^[:space:]@]+$' and length(url) <= 2000),
  secret_ref text not null constraint secret_ref_is_slug check (secret_ref ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  max_in_flight int not null default 8 constraint max_in_flight_positive check (max_in_flight between 1 and 1000),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (tenant_id, channel_id),
  constraint channel_name_unique unique (tenant_id, name)
);
comment on table alerting.channel is 'Where notifications go.';
comment on column alerting.channel.secret_ref is 'Name of the signing secret in the worker''s secrets directory; the secret itself is never in the database.';

comment on column alerting.channel.max_in_flight is 'How many deliveries may be under way at once, so that a receiver that hangs does not hold up the others.';

create table alerting.rule (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  rule_id int generated always as identity,
  name text not null,
  profile_id int,
  min_score float8 not null default 0 constraint min_score_is_share check (min_score >= 0 and min_score < 1),
  min_severity text not null default 'high' constraint min_severity_known check (min_severity in ('low', 'medium', 'high', 'critical')),
  max_age interval not null default interval '1 day' constraint max_age_positive check (max_age > interval '0'),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (tenant_id, rule_id),
  constraint rule_name_unique unique (tenant_id, name),
  foreign key (tenant_id, profile_id) references fleet.profile (tenant_id, profile_id) on delete cascade
);
comment on table alerting.rule is 'An anomaly whose peak score and severity reach both limits raises an alert. profile_id null: every profile.';
comment on column alerting.rule.max_age is 'Anomalies that ended longer ago than this raise no alert, so that loading history wakes nobody.';

create table alerting.rule_channel (
  tenant_id int not null,
  rule_id int not null,
  channel_id int not null,
  primary key (tenant_id, rule_id, channel_id),
  foreign key (tenant_id, rule_id) references alerting.rule (tenant_id, rule_id) on delete cascade,
  foreign key (tenant_id, channel_id) references alerting.channel (tenant_id, channel_id) on delete cascade
);
comment on table alerting.rule_channel is 'Which channels a rule notifies.';

create table alerting.alert (
  tenant_id int not null,
  alert_id bigint generated always as identity,
  rule_id int not null,
  anomaly_id bigint not null,
  state text not null default 'open' constraint state_known check (state in ('open', 'acknowledged', 'resolved')),
  severity text not null constraint severity_known check (severity in ('low', 'medium', 'high', 'critical')),
  summary text not null,
  raised_at timestamptz not null default now(),
  acknowledged_at timestamptz,
  resolved_at timestamptz,
  primary key (tenant_id, alert_id),
  constraint one_alert_per_rule_and_anomaly unique (tenant_id, rule_id, anomaly_id),
  foreign key (tenant_id, rule_id) references alerting.rule (tenant_id, rule_id) on delete cascade,
  foreign key (tenant_id, anomaly_id) references detect.anomaly (tenant_id, anomaly_id) on delete cascade
);
comment on table alerting.alert is 'A rule that matched an anomaly.';
create index alert_newest on alerting.alert (tenant_id, raised_at desc, alert_id desc);
create index alert_anomaly on alerting.alert (tenant_id, anomaly_id);

create table alerting.notification (
  tenant_id int not null,
  notification_id bigint generated always as identity,
  channel_id int not null,
  alert_id bigint,
  message_id text not null constraint message_id_unique unique,
  payload text not null constraint payload_is_small check (octet_length(payload) <= 20480),
  state text not null default 'pending'
    constraint state_known check (state in ('pending', 'claimed', 'delivered', 'dead')),
  attempt int not null default 0,
  max_attempts int not null default 10 constraint max_attempts_positive check (max_attempts between 1 and 50),
  next_attempt_at timestamptz not null default now(),
  claimed_by text,
  lease_until timestamptz,
  last_status int,
  last_detail text,
  created_at timestamptz not null default now(),
  delivered_at timestamptz,
  primary key (tenant_id, notification_id),
  constraint notification_id_unique unique (notification_id),
  foreign key (tenant_id, channel_id) references alerting.channel (tenant_id, channel_id) on delete cascade,
  foreign key (tenant_id, alert_id) references alerting.alert (tenant_id, alert_id) on delete cascade,
  constraint claimed_has_lease check ((state = 'claimed') = (lease_until is not null and claimed_by is not null)),
  constraint delivered_has_time check ((state = 'delivered') = (delivered_at is not null))
) with (fillfactor = 70);
comment on table alerting.notification is 'The outbox: written in the transaction of its alert, delivered at least once by the worker.';
comment on column alerting.notification.message_id is 'Sent as webhook-id and the same on every attempt, so that a receiver can drop duplicates.';
-- By channel, since a claim takes so many from each.
create index notification_due on alerting.notification (tenant_id, channel_id, next_attempt_at, notification_id) where state = 'pending';
-- Raising an alert looks for its notifications, and an alert that is deleted takes them along.
create index notification_alert on alerting.notification (tenant_id, alert_id);
create index notification_lease on alerting.notification (tenant_id, channel_id, lease_until) where state = 'claimed';

reset role;

-- migrate:down
