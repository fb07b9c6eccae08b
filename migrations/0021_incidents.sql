-- migrate:up
set local role vigil_owner;

-- Made anew by sql/.
drop view if exists api.alerts;
drop function if exists alerting.raise_alerts(int);

-- Rules of every kind. What a kind needs is in params, checked by alerting.check_rule.
alter table alerting.rule
  add column kind text not null default 'anomaly' constraint kind_known check (
    kind in ('anomaly', 'threshold', 'no_data', 'trend', 'forecast', 'drift', 'system', 'view')),
  add column severity text not null default 'high' constraint severity_known check (severity in ('low', 'medium', 'high', 'critical')),
  add column params jsonb not null default '{}'
    constraint params_is_object check (jsonb_typeof(params) = 'object' and octet_length(params::text) <= 8000),
  add column site public.ltree,
  add column device_model text,
  add column device_attributes jsonb constraint device_attributes_is_object check (jsonb_typeof(device_attributes) = 'object'),
  add column labels jsonb not null default '{}' constraint labels_is_object check (jsonb_typeof(labels) = 'object'),
  add column evaluated_to timestamptz;
comment on table alerting.rule is 'What raises alerts. Scope: profile, site with everything below it, device model, device attributes; null: all.';
comment on column alerting.rule.min_score is 'Rules about anomalies: the least peak score.';
comment on column alerting.rule.severity is 'Severity of what the rule raises where the kind does not say (rules about anomalies take the anomaly''s).';
comment on column alerting.rule.device_attributes is 'Devices whose attributes contain these.';
comment on column alerting.rule.labels is 'Added to the labels of the rule''s alerts, for routes, silences and inhibition.';
comment on column alerting.rule.evaluated_to is 'Watermark of the evaluation: what lies before it has been looked at.';

create table alerting.rule_state (
  tenant_id int not null,
  rule_id int not null,
  subject text not null,
  pending_since timestamptz,
  firing_since timestamptz,
  severity text constraint severity_known check (severity in ('low', 'medium', 'high', 'critical')),
  hits int not null default 0,
  value float8,
  detail jsonb,
  seen_at timestamptz not null default now(),
  primary key (tenant_id, rule_id, subject),
  foreign key (tenant_id, rule_id) references alerting.rule (tenant_id, rule_id) on delete cascade
) with (fillfactor = 70);
comment on table alerting.rule_state is 'How long and how often a rule''s condition has held for what it watches, so that a restart forgets nothing.';

create type alerting.signal as (
  dedup_key text, severity text, summary text, device_id int, anomaly_id bigint, value float8, labels jsonb);
comment on type alerting.signal is 'One condition that holds now, as a rule hands it to alerting.raise_signals. device_id, anomaly_id, value and labels may be null.';

create table alerting.incident (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  incident_id bigint generated always as identity,
  group_key text not null,
  route_id int,
  policy jsonb not null constraint policy_is_object check (jsonb_typeof(policy) = 'object'),
  state text not null default 'open' constraint state_known check (state in ('open', 'acknowledged', 'snoozed', 'resolved')),
  severity text not null constraint severity_known check (severity in ('low', 'medium', 'high', 'critical')),
  title text not null,
  labels jsonb not null default '{}',
  alert_count int not null default 0,
  open_count int not null default 0,
  opened_at timestamptz not null default now(),
  triggered_at timestamptz,
  step int not null default 0,
  cycle int not null default 0,
  repeats_left int not null default 0,
  exhausted_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  snoozed_until timestamptz,
  resolved_at timestamptz,
  resolved_by text,
  told_count int not null default 0,
  told_severity text,
  last_told_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, incident_id),
  foreign key (tenant_id, route_id) references alerting.route (tenant_id, route_id) on delete set null (route_id),
  constraint resolved_has_time check ((state = 'resolved') = (resolved_at is not null)),
  constraint acknowledged_by_someone check ((acknowledged_at is null) = (acknowledged_by is null)),
  constraint snoozed_has_end check (state <> 'snoozed' or snoozed_until is not null)
) with (fillfactor = 70);
comment on table alerting.incident is 'Alerts that belong together, told and escalated as one. Closed incidents never change but by a re-fire within reopen_within.';
comment on column alerting.incident.policy is 'The escalation policy as it was when the incident opened (alerting.policy_snapshot).';
comment on column alerting.incident.triggered_at is 'When escalation began: after the route''s group_wait. Null: it has not, and may never.';
comment on column alerting.incident.step is 'The step that was reached last, 0 for none.';
comment on column alerting.incident.cycle is 'How often the steps have begun, from 0; each time tells everybody anew.';
comment on column alerting.incident.repeats_left is 'How often the steps begin again before the policy is exhausted.';
comment on column alerting.incident.snoozed_until is 'End of the snooze; infinity: until resolved.';
comment on column alerting.incident.told_count is 'How many of its alerts somebody has been told of.';
create unique index incident_open_group on alerting.incident (tenant_id, group_key) where state <> 'resolved';
create index incident_group_newest on alerting.incident (tenant_id, group_key, incident_id desc);
create index incident_newest on alerting.incident (tenant_id, opened_at desc, incident_id desc);

create table alerting.incident_event (
  tenant_id int not null,
  event_id bigint generated always as identity,
  incident_id bigint not null,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  kind text not null constraint kind_is_word check (kind ~ '^[a-z_]+$'),
  detail jsonb not null default '{}',
  primary key (tenant_id, event_id),
  foreign key (tenant_id, incident_id) references alerting.incident (tenant_id, incident_id) on delete cascade
);
comment on table alerting.incident_event is 'The timeline of an incident: every change, when and by whom.';
comment on column alerting.incident_event.actor is 'Who did it; vigil for what happened by itself.';
create index incident_event_incident on alerting.incident_event (tenant_id, incident_id, event_id);

-- An alert is one condition of a rule (or of the system) about one subject, from its beginning to its end.
alter table alerting.alert
  drop constraint one_alert_per_rule_and_anomaly,
  drop constraint about_anomaly_or_condition,
  drop constraint alert_tenant_id_anomaly_id_fkey,
  drop constraint state_known,
  add column incident_id bigint,
  add column labels jsonb not null default '{}',
  add column device_id int,
  add column value float8,
  add column occurrences bigint not null default 1,
  add column last_seen_at timestamptz not null default now(),
  add column begun_at timestamptz[] not null default '{}',
  add column quiet_since timestamptz,
  add column muted_by text constraint muted_by_known check (muted_by in ('silence', 'inhibition')),
  add column muted_id bigint;

-- Row security holds for the owner too, and so for what checks a foreign key.
reset role;
alter table alerting.alert
  add foreign key (tenant_id, anomaly_id) references detect.anomaly (tenant_id, anomaly_id) on delete set null (anomaly_id),
  add foreign key (tenant_id, device_id) references fleet.device (tenant_id, device_id) on delete set null (device_id),
  add foreign key (tenant_id, incident_id) references alerting.incident (tenant_id, incident_id) on delete cascade;
drop index alerting.alert_condition_open;
-- An anomaly's alert was its own; from here on a stream has one, which goes on with its next anomaly.
update alerting.alert al
set dedup_key = 'rule:' || al.rule_id || ':stream:' || a.stream_id, device_id = st.device_id,
  labels = jsonb_strip_nulls(jsonb_build_object('rule', r.name, 'kind', r.kind, 'severity', al.severity, 'device', d.external_id,
    'model', d.model, 'site', s.path::text)),
  last_seen_at = coalesce(al.resolved_at, now()), begun_at = array[al.raised_at]
from detect.anomaly a
join fleet.stream st using (tenant_id, stream_id)
join fleet.device d using (tenant_id, device_id)
left join fleet.site s using (tenant_id, site_id)
join alerting.rule r on r.tenant_id = a.tenant_id
where a.tenant_id = al.tenant_id and a.anomaly_id = al.anomaly_id and r.rule_id = al.rule_id;
update alerting.alert
set labels = jsonb_build_object('kind', 'system', 'severity', severity), begun_at = array[raised_at]
where rule_id is null;
with older as (
  select al.tenant_id, al.alert_id,
    row_number() over (partition by al.tenant_id, al.dedup_key order by al.alert_id desc) as place
  from alerting.alert al
  where al.state <> 'resolved'
)
update alerting.alert al
set state = 'resolved', resolved_at = now()
from older o
where o.tenant_id = al.tenant_id and o.alert_id = al.alert_id and o.place > 1;
-- Whoever has acknowledged one has its incident.
with had as (
  insert into alerting.incident (tenant_id, group_key, policy, state, severity, title, labels, alert_count, open_count, opened_at,
    triggered_at, acknowledged_at, acknowledged_by, told_count, told_severity, last_told_at)
  select al.tenant_id, 'before:' || al.alert_id, '{"name": "every channel", "repeats": 0, "steps": []}', 'acknowledged', al.severity, al.summary,
    al.labels, 1, 1, al.raised_at, al.raised_at, coalesce(al.acknowledged_at, al.raised_at), coalesce(a.acknowledged_by, 'unknown'), 1,
    al.severity, al.raised_at
  from alerting.alert al
  left join detect.anomaly a using (tenant_id, anomaly_id)
  where al.state = 'acknowledged'
  returning tenant_id, incident_id, group_key
)
update alerting.alert al
set incident_id = h.incident_id, state = 'open'
from had h
where h.tenant_id = al.tenant_id and h.group_key = 'before:' || al.alert_id;
set local role vigil_owner;
alter table alerting.alert
  drop column acknowledged_at,
  alter column dedup_key set not null,
  add constraint state_known check (state in ('open', 'resolved')),
  add constraint resolved_has_time check ((state = 'resolved') = (resolved_at is not null)),
  add constraint muted_names_what check ((muted_by is null) = (muted_id is null));
alter table alerting.alert set (fillfactor = 70);
create unique index alert_open_key on alerting.alert (tenant_id, dedup_key) where state <> 'resolved';
create index alert_key_newest on alerting.alert (tenant_id, dedup_key, alert_id desc);
create index alert_incident on alerting.alert (tenant_id, incident_id);
create index alert_device on alerting.alert (tenant_id, device_id);
create index alert_ungrouped on alerting.alert (tenant_id) where incident_id is null and state = 'open';
create index alert_rule_open on alerting.alert (tenant_id, rule_id) where state = 'open';
create index alert_quiet on alerting.alert (tenant_id) where quiet_since is not null;
create index alert_muted on alerting.alert (tenant_id) where muted_by is not null;
comment on table alerting.alert is 'A rule''s condition, or one of the system, about one subject, from its beginning to its end. Repeats of it count in occurrences.';
comment on column alerting.alert.dedup_key is 'Names the condition and its subject: one alert of that name is open at a time.';
comment on column alerting.alert.labels is 'What routes, silences and inhibition look at: text by name.';
comment on column alerting.alert.begun_at is 'The last times that the condition began, newest first; many of them close together are flapping.';
comment on column alerting.alert.quiet_since is 'The condition of a flapping alert has ended then; it is resolved if it stays so.';
comment on column alerting.alert.muted_by is 'Why nobody is told: a silence, or another alert that explains this one. Null: it is in an incident, or about to be.';

create table alerting.silence (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  silence_id bigint generated always as identity,
  kind text not null default 'silence' constraint kind_known check (kind in ('silence', 'maintenance')),
  matchers jsonb not null constraint matchers_is_list check (jsonb_typeof(matchers) = 'array'),
  reason text not null constraint reason_is_given check (reason ~ '[^[:space:]]' and length(reason) <= 1000),
  starts_at timestamptz not null default now(),
  ends_at timestamptz not null default 'infinity',
  time_zone text,
  local_start time,
  lasts interval constraint lasts_bounded check (lasts between interval '1 minute' and interval '31 days'),
  weekdays int[] constraint weekdays_are_iso check (weekdays <@ array[1, 2, 3, 4, 5, 6, 7] and cardinality(weekdays) > 0),
  month_days int[] constraint month_days_known check (
    month_days <@ array[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]
    and cardinality(month_days) > 0),
  created_at timestamptz not null default now(),
  created_by text not null,
  ended_by text,
  primary key (tenant_id, silence_id),
  constraint silence_ends_after_start check (ends_at > starts_at),
  constraint recurrence_is_complete check (
    (local_start is null) = (lasts is null) and (local_start is null) = (time_zone is null)
    and (local_start is not null or (weekdays is null and month_days is null)))
);
comment on table alerting.silence is 'Alerts whose labels match are raised and shown, and nobody is told while it lasts. A maintenance window may recur.';
comment on column alerting.silence.local_start is 'Recurring: begins at this local time in time_zone on each matching day, within starts_at and ends_at. Null: once, from starts_at to ends_at.';
comment on column alerting.silence.month_days is 'Days of the month; one that a month does not have is its last day.';
create index silence_current on alerting.silence (tenant_id, ends_at);

create table alerting.inhibition (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  inhibition_id bigint generated always as identity,
  name text not null constraint inhibition_name_is_slug check (name ~ '^[a-z][a-z0-9_.-]{0,62}$'),
  source_matchers jsonb not null constraint source_matchers_is_list check (jsonb_typeof(source_matchers) = 'array'),
  target_matchers jsonb not null constraint target_matchers_is_list check (jsonb_typeof(target_matchers) = 'array'),
  equal text[] not null default '{}' constraint equal_is_short check (cardinality(equal) <= 10),
  below_site boolean not null default false,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (tenant_id, inhibition_id),
  constraint inhibition_name_unique unique (tenant_id, name)
);
comment on table alerting.inhibition is 'While an alert matches the source, alerts that match the target are not told: a site that is down explains its devices.';
comment on column alerting.inhibition.equal is 'Labels whose values must be the same on both.';
comment on column alerting.inhibition.below_site is 'The target''s site must be the source''s or below it.';

create table alerting.timer (
  tenant_id int not null,
  incident_id bigint not null,
  kind text not null constraint kind_known check (
    kind in ('trigger', 'escalate', 'contact', 'repeat', 'group', 'unsnooze', 'unacknowledge', 'remind', 'auto_resolve', 'undelivered')),
  key text not null default '',
  due_at timestamptz not null,
  detail jsonb not null default '{}',
  primary key (tenant_id, incident_id, kind, key),
  foreign key (tenant_id, incident_id) references alerting.incident (tenant_id, incident_id) on delete cascade
);
comment on table alerting.timer is 'What an incident does next, and when. A row is claimed, done and deleted in one transaction.';
create index timer_due on alerting.timer (tenant_id, due_at);

-- Row security holds for the owner too.
reset role;
-- Which channels a rule notified becomes a policy and a route of the rule; what no route takes goes to every channel.
with policy as (
  insert into alerting.escalation_policy (tenant_id, name)
  select distinct rc.tenant_id, 'rule-' || rc.rule_id
  from alerting.rule_channel rc
  returning tenant_id, policy_id, name
),
step as (
  insert into alerting.escalation_step (tenant_id, policy_id, position)
  select p.tenant_id, p.policy_id, 1 from policy p
  returning tenant_id, policy_id
),
target as (
  insert into alerting.escalation_target (tenant_id, policy_id, position, target_no, kind, channel_id)
  select rc.tenant_id, p.policy_id, 1, least(20, row_number() over (partition by rc.tenant_id, rc.rule_id order by rc.channel_id)), 'channel', rc.channel_id
  from alerting.rule_channel rc
  join policy p on p.tenant_id = rc.tenant_id and p.name = 'rule-' || rc.rule_id
  on conflict do nothing
  returning tenant_id
)
insert into alerting.route (tenant_id, name, matchers, policy_id)
select r.tenant_id, 'rule-' || r.rule_id,
  jsonb_build_array(jsonb_build_object('label', 'rule', 'op', '=', 'value', r.name)), p.policy_id
from alerting.rule r
join policy p on p.tenant_id = r.tenant_id and p.name = 'rule-' || r.rule_id;
set local role vigil_owner;
drop table alerting.rule_channel;

alter table ops.job drop constraint job_known;
alter table ops.job add constraint job_known check (
  job_name in ('features', 'scores', 'anomalies', 'rules', 'alerts', 'escalations', 'rollups', 'sources', 'train', 'prune', 'retention', 'archive',
    'verify', 'storage', 'dead_man'));

reset role;

-- migrate:down
