-- migrate:up
set local role vigil_owner;

create table alerting.escalation_policy (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  policy_id int generated always as identity,
  name text not null constraint policy_name_is_slug check (name ~ '^[a-z][a-z0-9_.-]{0,62}$'),
  repeats int not null default 0 constraint repeats_bounded check (repeats between 0 and 9),
  acknowledge_timeout interval
    constraint acknowledge_timeout_bounded check (acknowledge_timeout between interval '1 minute' and interval '7 days'),
  reminder interval constraint reminder_bounded check (reminder between interval '5 minutes' and interval '7 days'),
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  primary key (tenant_id, policy_id),
  constraint policy_name_unique unique (tenant_id, name)
);
comment on table alerting.escalation_policy is 'Who is told of an incident, and who next when nobody acknowledges it. An incident keeps the policy as it was when it opened.';
comment on column alerting.escalation_policy.repeats is 'How often the steps begin again after the last one, before the policy is exhausted.';
comment on column alerting.escalation_policy.acknowledge_timeout is 'How long an acknowledgement holds; then escalation begins again from the top. Null: until the incident is resolved.';
comment on column alerting.escalation_policy.reminder is 'How often whoever acknowledged is reminded while the incident goes on. Null: never.';

create table alerting.escalation_step (
  tenant_id int not null,
  policy_id int not null,
  position int not null constraint position_from_one check (position between 1 and 20),
  delay interval not null default interval '0' constraint delay_bounded check (delay between interval '0' and interval '7 days'),
  min_severity text not null default 'low'
    constraint min_severity_known check (min_severity in ('low', 'medium', 'high', 'critical')),
  weekdays int[] constraint weekdays_are_iso check (weekdays <@ array[1, 2, 3, 4, 5, 6, 7] and cardinality(weekdays) > 0),
  from_time time,
  to_time time,
  time_zone text,
  primary key (tenant_id, policy_id, position),
  foreign key (tenant_id, policy_id) references alerting.escalation_policy (tenant_id, policy_id) on delete cascade,
  constraint times_come_together check ((from_time is null) = (to_time is null) and (from_time is not null or weekdays is not null) = (time_zone is not null))
);
comment on table alerting.escalation_step is 'One step: after the delay its targets are told, unless its conditions do not hold or it has nobody; then the next step comes at once.';
comment on column alerting.escalation_step.delay is 'Time since the step before, or since the incident opened for the first.';
comment on column alerting.escalation_step.weekdays is 'ISO days (1 is Monday) on which the step counts; null: every day.';
comment on column alerting.escalation_step.to_time is 'End of the hours in which the step counts; before from_time: on the next day.';

create table alerting.escalation_target (
  tenant_id int not null,
  policy_id int not null,
  position int not null,
  target_no int not null constraint target_no_from_one check (target_no between 1 and 20),
  kind text not null constraint kind_known check (kind in ('person', 'schedule', 'channel', 'round_robin', 'all_channels')),
  person_id int,
  schedule_id int,
  channel_id int,
  person_ids int[],
  primary key (tenant_id, policy_id, position, target_no),
  foreign key (tenant_id, policy_id, position) references alerting.escalation_step (tenant_id, policy_id, position) on delete cascade,
  foreign key (tenant_id, person_id) references alerting.person (tenant_id, person_id) on delete cascade,
  foreign key (tenant_id, schedule_id) references alerting.schedule (tenant_id, schedule_id) on delete cascade,
  foreign key (tenant_id, channel_id) references alerting.channel (tenant_id, channel_id) on delete cascade,
  constraint kind_names_its_target check (
    (kind = 'person') = (person_id is not null) and (kind = 'schedule') = (schedule_id is not null)
    and (kind = 'channel') = (channel_id is not null) and (kind = 'round_robin') = (person_ids is not null)),
  constraint round_robin_has_people check (cardinality(person_ids) between 1 and 50)
);
comment on table alerting.escalation_target is 'Whom a step tells: a person, whoever a schedule has on call, a channel, the next of several people in turn, or every enabled channel.';

create table alerting.round_robin (
  tenant_id int not null,
  policy_id int not null,
  position int not null,
  target_no int not null,
  turn bigint not null default 0,
  primary key (tenant_id, policy_id, position, target_no),
  foreign key (tenant_id, policy_id) references alerting.escalation_policy (tenant_id, policy_id) on delete cascade
);
comment on table alerting.round_robin is 'How often a round robin has been used; the next person is the one at that number.';

create table alerting.setting (
  tenant_id int primary key references fleet.tenant (tenant_id) on delete cascade,
  fallback_policy_id int,
  notifications_per_day int not null default 5000
    constraint notifications_per_day_bounded check (notifications_per_day between 1 and 10000000),
  reopen_within interval not null default interval '30 minutes'
    constraint reopen_within_bounded check (reopen_within between interval '0' and interval '7 days'),
  flap_count int not null default 4 constraint flap_count_bounded check (flap_count between 2 and 100),
  flap_within interval not null default interval '1 hour'
    constraint flap_within_bounded check (flap_within between interval '1 minute' and interval '1 day'),
  auto_resolve interval constraint auto_resolve_bounded check (auto_resolve between interval '5 minutes' and interval '30 days'),
  foreign key (tenant_id, fallback_policy_id) references alerting.escalation_policy (tenant_id, policy_id) on delete set null (fallback_policy_id)
);
comment on table alerting.setting is 'How alerting works for a tenant. Without a row the defaults hold.';
comment on column alerting.setting.fallback_policy_id is 'The policy of incidents that no route takes, and the one that is told when another is exhausted. Null: every enabled channel.';
comment on column alerting.setting.notifications_per_day is 'Messages a day (UTC); what is beyond is suppressed, with one note that says so.';
comment on column alerting.setting.reopen_within is 'An alert that fires again within this time of its end goes on instead of beginning anew.';
comment on column alerting.setting.flap_count is 'An alert that began so often within flap_within is flapping: its end counts once it has been quiet for as long as flap_within divided by flap_count.';
comment on column alerting.setting.auto_resolve is 'Incidents whose alerts have been silent for so long are resolved. Null: only by their alerts, or by hand.';

create table alerting.route (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  route_id int generated always as identity,
  name text not null constraint route_name_is_slug check (name ~ '^[a-z][a-z0-9_.-]{0,62}$'),
  position int not null default 100,
  matchers jsonb not null default '[]' constraint matchers_is_list check (jsonb_typeof(matchers) = 'array'),
  policy_id int,
  group_by text[] not null default '{rule,site}' constraint group_by_is_short check (cardinality(group_by) <= 10),
  group_wait interval not null default interval '0' constraint group_wait_bounded check (group_wait between interval '0' and interval '1 hour'),
  group_interval interval not null default interval '5 minutes'
    constraint group_interval_bounded check (group_interval between interval '10 seconds' and interval '1 day'),
  repeat_interval interval not null default interval '4 hours'
    constraint repeat_interval_bounded check (repeat_interval between interval '1 minute' and interval '30 days'),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (tenant_id, route_id),
  constraint route_name_unique unique (tenant_id, name),
  foreign key (tenant_id, policy_id) references alerting.escalation_policy (tenant_id, policy_id) on delete set null (policy_id)
);
comment on table alerting.route is 'Which policy takes an alert, and with which others it becomes one incident. The first enabled route by position whose matchers hold decides.';
comment on column alerting.route.matchers is 'List of {"label", "op", "value"} that must all hold (alerting.labels_match). Empty: every alert.';
comment on column alerting.route.policy_id is 'Null: the fallback policy.';
comment on column alerting.route.group_by is 'Alerts with equal values of these labels are one incident. Empty: all alerts of the route.';
comment on column alerting.route.group_wait is 'How long a new incident waits for more alerts before anybody is told. What ends before is not told at all.';
comment on column alerting.route.group_interval is 'How long after the last message more alerts of the incident are told.';
comment on column alerting.route.repeat_interval is 'How often an incident that nobody acknowledged is told again once its policy is exhausted.';

reset role;

-- migrate:down
