-- migrate:up
set local role vigil_owner;

create table alerting.person (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  person_id int generated always as identity,
  name text not null constraint person_name_is_slug check (name ~ '^[a-z][a-z0-9_.-]{0,62}$'),
  display_name text not null constraint display_name_length check (length(display_name) between 1 and 200),
  subject text constraint subject_length check (length(subject) between 1 and 200),
  time_zone text not null default 'UTC',
  language text not null default 'en' constraint language_known check (language in ('en', 'de')),
  active boolean not null default true,
  inactive_since timestamptz,
  created_at timestamptz not null default now(),
  primary key (tenant_id, person_id),
  constraint person_name_unique unique (tenant_id, name),
  constraint person_subject_unique unique (tenant_id, subject)
);
comment on table alerting.person is 'Somebody who can be told.';
comment on column alerting.person.subject is 'The sub claim of the person''s tokens, so that what is done over the API is known to be theirs.';
comment on column alerting.person.active is 'Nobody is told while false; schedules pass them over.';
comment on column alerting.person.inactive_since is 'From when schedules pass them over; kept by a trigger. Who was on call before stays known.';

create table alerting.contact_method (
  tenant_id int not null,
  contact_method_id int generated always as identity,
  person_id int not null,
  channel_id int not null,
  address text not null constraint address_is_plain check (length(address) between 1 and 320 and address !~ '[[:cntrl:]]'),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (tenant_id, contact_method_id),
  constraint contact_method_unique unique (tenant_id, person_id, channel_id, address),
  foreign key (tenant_id, person_id) references alerting.person (tenant_id, person_id) on delete cascade,
  foreign key (tenant_id, channel_id) references alerting.channel (tenant_id, channel_id) on delete cascade
);
comment on table alerting.contact_method is 'How a person is reached: an address (email address, telephone number in E.164) over a channel of kind email or sms.';

create table alerting.contact_rule (
  tenant_id int not null,
  contact_rule_id int generated always as identity,
  person_id int not null,
  urgency text not null constraint urgency_known check (urgency in ('urgent', 'normal')),
  delay interval not null default interval '0' constraint delay_bounded check (delay between interval '0' and interval '1 day'),
  contact_method_id int not null,
  primary key (tenant_id, contact_rule_id),
  constraint contact_rule_unique unique (tenant_id, person_id, urgency, delay, contact_method_id),
  foreign key (tenant_id, person_id) references alerting.person (tenant_id, person_id) on delete cascade,
  foreign key (tenant_id, contact_method_id) references alerting.contact_method (tenant_id, contact_method_id) on delete cascade
);
comment on table alerting.contact_rule is 'A person''s own order: which contact method how long after a step reached them. Without a rule for an urgency every enabled method is used at once.';
comment on column alerting.contact_rule.urgency is 'urgent for incidents of severity high and critical, normal for the others.';

create table alerting.schedule (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  schedule_id int generated always as identity,
  name text not null constraint schedule_name_is_slug check (name ~ '^[a-z][a-z0-9_.-]{0,62}$'),
  time_zone text not null,
  fallback_person_id int,
  created_at timestamptz not null default now(),
  primary key (tenant_id, schedule_id),
  constraint schedule_name_unique unique (tenant_id, name),
  foreign key (tenant_id, fallback_person_id) references alerting.person (tenant_id, person_id) on delete set null (fallback_person_id)
);
comment on table alerting.schedule is 'Who is on call when: layers of rotations, with overrides, in one time zone.';
comment on column alerting.schedule.time_zone is 'The zone of the newest definition; layers keep the one they were written in.';
comment on column alerting.schedule.fallback_person_id is 'Who is on call when nobody else is, also while unavailable: better somebody on leave than nobody.';

reset role;

-- migrate:down
