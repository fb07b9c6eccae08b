-- migrate:up
set local role vigil_owner;

-- Made anew by sql/.
drop function if exists alerting.claim_notifications(text, int, interval);
drop function if exists alerting.settle_notification(bigint, int, text, int, text, interval);
drop function if exists alerting.notification_payload(int, bigint);
drop function if exists alerting.retry_delay(int);

alter table alerting.channel
  add column pauses int not null default 0,
  add column probe_until timestamptz;
comment on column alerting.channel.pauses is 'How often it has rested since an attempt worked; each rest is twice as long as the one before.';
comment on column alerting.channel.probe_until is 'One message is trying whether a channel that rested works again; until then no other does.';

alter table alerting.notification
  drop constraint state_known,
  add column incident_id bigint,
  add column purpose text not null default 'page' constraint purpose_known check (
    purpose in ('page', 'update', 'acknowledge', 'resolve', 'remind', 'note', 'test', 'handoff')),
  add column step int not null default 0,
  add column cycle int not null default 0,
  add column target text not null default '' constraint target_is_short check (length(target) <= 100),
  add column address text constraint address_is_plain check (length(address) between 1 and 320 and address !~ '[[:cntrl:]]'),
  add column person_id int,
  add column language text not null default 'en' constraint language_known check (language in ('en', 'de')),
  add column severity text not null default 'high' constraint severity_known check (severity in ('low', 'medium', 'high', 'critical')),
  add column priority int not null default 0,
  add column thread_id text constraint thread_id_is_plain check (thread_id ~ '^[!-~]{1,255}$'),
  add column sequence bigint not null default 0,
  add column reason text constraint reason_known check (
    reason in ('bundled', 'throttled', 'quota', 'below_severity', 'channel_off', 'overtaken')),
  add column bundled_into bigint,
  add column claimed_at timestamptz,
  add column waiting_since timestamptz not null default now(),
  add column undelivered_at timestamptz,
  add column base_attempt int not null default 0,
  add constraint state_known check (state in ('held', 'pending', 'claimed', 'delivered', 'dead', 'suppressed')),
  add constraint suppressed_says_why check ((state = 'suppressed') = (reason is not null));
alter table alerting.notification
  alter column purpose drop default,
  alter column max_attempts drop not null,
  alter column max_attempts drop default;
-- Row security holds for the owner too, and so for what checks a foreign key.
reset role;
alter table alerting.notification
  add foreign key (tenant_id, incident_id) references alerting.incident (tenant_id, incident_id) on delete cascade,
  add foreign key (tenant_id, person_id) references alerting.person (tenant_id, person_id) on delete set null (person_id);
-- What was sent before incidents is told apart by its own number.
update alerting.notification set sequence = notification_id;
set local role vigil_owner;
-- One message for an incident's step, cycle, target and address: a step that runs again tells nobody twice.
alter table alerting.notification
  add constraint notification_once unique nulls not distinct
    (tenant_id, incident_id, purpose, cycle, step, target, channel_id, address, sequence);
-- Claims go along these. Who waits in a channel at one priority is a lane; of each lane the first due is at its head.
drop index alerting.notification_due;
drop index alerting.notification_lease;
create index notification_lane on alerting.notification (priority, channel_id, tenant_id, next_attempt_at, notification_id) where state = 'pending';
create index notification_due on alerting.notification (next_attempt_at) where state = 'pending';
create index notification_in_flight on alerting.notification (channel_id, tenant_id, claimed_at) where state = 'claimed';
create index notification_overdue on alerting.notification (waiting_since)
  where purpose = 'page' and undelivered_at is null and state in ('pending', 'claimed');
-- Most have no alert, and those to a channel no person: fewer indexes to keep, at each claim and each settlement. What is of
-- an incident is found by notification_once.
drop index alerting.notification_alert;
create index notification_alert on alerting.notification (tenant_id, alert_id) where alert_id is not null;
create index notification_person on alerting.notification (tenant_id, person_id) where person_id is not null;
-- Rows come and go by the thousand; what is left of them would lie in the way of the next claim.
alter table alerting.notification set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
create index notification_bundled on alerting.notification (tenant_id, bundled_into) where bundled_into is not null;
create index notification_recipient on alerting.notification (tenant_id, channel_id, address, created_at desc);
create index notification_held on alerting.notification (tenant_id) where state = 'held';
create index notification_newest on alerting.notification (tenant_id, created_at desc, notification_id desc);
comment on table alerting.notification is 'The outbox: written in the transaction of its cause, delivered at least once by the worker. What is raised ends as delivered, suppressed or dead.';
comment on column alerting.notification.state is 'held: within the transaction that raises it, before storm control; pending: due at next_attempt_at; claimed: a worker has it; delivered, dead and suppressed are ends.';
comment on column alerting.notification.target is 'The escalation target it came from, such as person:7.';
comment on column alerting.notification.address is 'The recipient where the channel has several: an email address, a telephone number. Null: the channel''s own.';
comment on column alerting.notification.priority is 'Higher goes first: 30 for critical pages, then high, then the rest.';
comment on column alerting.notification.thread_id is 'The same for all messages about one incident: the dedup key of PagerDuty, the thread of emails.';
comment on column alerting.notification.sequence is 'Tells repeats of the same message apart: an update''s, reminder''s or test''s number.';
comment on column alerting.notification.reason is 'Why it was suppressed.';
comment on column alerting.notification.max_attempts is 'Null: as many as alerting.max_attempts says.';
comment on column alerting.notification.claimed_at is 'When the last claim of it began.';
comment on column alerting.notification.waiting_since is 'Since when it should reach somebody: its making, or its last replay.';
comment on column alerting.notification.undelivered_at is 'When the incident was told that this page reached nobody, so that escalation goes on; it is told once.';
comment on column alerting.notification.base_attempt is 'Attempts before the last replay: the waiting times begin anew after it.';
comment on column alerting.notification.bundled_into is 'The message that told this one''s news.';

create table alerting.delivery_attempt (
  tenant_id int not null,
  notification_id bigint not null,
  attempt int not null,
  ended_at timestamptz not null default clock_timestamp(),
  worker text,
  outcome text not null constraint outcome_known check (outcome in ('delivered', 'retry', 'permanent', 'gone', 'lost')),
  status int,
  detail text,
  primary key (tenant_id, notification_id, attempt, ended_at),
  foreign key (tenant_id, notification_id) references alerting.notification (tenant_id, notification_id) on delete cascade
);
comment on table alerting.delivery_attempt is 'How each attempt at a notification ended. lost: its worker vanished.';

create table alerting.acknowledge_link (
  tenant_id int not null,
  token_sha256 bytea not null,
  notification_id bigint not null,
  expires_at timestamptz not null,
  primary key (tenant_id, token_sha256),
  constraint token_sha256_unique unique (token_sha256),
  foreign key (tenant_id, notification_id) references alerting.notification (tenant_id, notification_id) on delete cascade
);
comment on table alerting.acknowledge_link is 'Links in messages that acknowledge an incident without a login: 256 random bits each, of which only the hash is here.';
create index acknowledge_link_notification on alerting.acknowledge_link (tenant_id, notification_id);

create table alerting.recipient (
  tenant_id int not null,
  channel_id int not null,
  address text not null default '',
  suppressed_count int not null default 0,
  suppressed_since timestamptz,
  note_due_at timestamptz,
  primary key (tenant_id, channel_id, address),
  foreign key (tenant_id, channel_id) references alerting.channel (tenant_id, channel_id) on delete cascade
);
comment on table alerting.recipient is 'Recipients with suppressed messages that no note has told them of yet.';
create index recipient_note_due on alerting.recipient (tenant_id, note_due_at) where note_due_at is not null;

create table alerting.tally (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  tally_id bigint generated always as identity,
  day date not null default (now() at time zone 'UTC')::date,
  raised bigint not null default 0,
  sent bigint not null default 0,
  suppressed bigint not null default 0,
  dead bigint not null default 0,
  primary key (tenant_id, tally_id)
);
comment on table alerting.tally is 'How many notifications were raised, sent, suppressed and dead, counted as it happens by triggers on the outbox; alerting.balance compares it with the rows. The job prune adds rows of a day together.';
create index tally_day on alerting.tally (tenant_id, day);

reset role;
insert into alerting.tally (tenant_id, raised, sent, dead)
select n.tenant_id, count(*), count(*) filter (where n.state = 'delivered'), count(*) filter (where n.state = 'dead')
from alerting.notification n
group by n.tenant_id;

-- migrate:down
