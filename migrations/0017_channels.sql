-- migrate:up
set local role vigil_owner;

-- A channel is more than a webhook: what a kind needs is in config, checked by alerting.check_channel.
alter table alerting.channel
  drop constraint kind_known,
  add constraint kind_known check (kind in ('webhook', 'email', 'slack', 'teams', 'pagerduty', 'sms')),
  add column config jsonb not null default '{}'
    constraint config_is_object check (jsonb_typeof(config) = 'object' and octet_length(config::text) <= 8000),
  add column allow_http boolean not null default false,
  add column language text not null default 'en' constraint language_known check (language in ('en', 'de')),
  add column min_severity text not null default 'low'
    constraint min_severity_known check (min_severity in ('low', 'medium', 'high', 'critical')),
  add column template_id int,
  add column throttle jsonb,
  add column last_success_at timestamptz,
  add column last_failure_at timestamptz,
  add column failure_streak int not null default 0,
  add column paused_until timestamptz,
  add column disabled_at timestamptz,
  add column disabled_reason text;
-- Row security holds for the owner too.
reset role;
update alerting.channel set config = jsonb_build_object('url', url), allow_http = url like 'http:%';
set local role vigil_owner;
alter table alerting.channel
  drop column url,
  drop constraint secret_ref_is_slug,
  alter column secret_ref drop not null;
-- Row security holds for the owner too.
reset role;
update alerting.channel set secret_ref = 'file:' || secret_ref;
set local role vigil_owner;
alter table alerting.channel
  alter column kind drop default,
  add constraint secret_ref_form check (
    length(secret_ref) <= 200
    and (secret_ref ~ '^env:VIGIL_SECRET_[A-Z0-9_]+$'
      or secret_ref ~ '^file:[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*){0,3}$'));
comment on column alerting.channel.config is 'What the kind needs besides the secret: an address, a sender. Never a secret.';
comment on column alerting.channel.secret_ref is 'Where the worker finds the secret: env:VIGIL_SECRET_… in its environment, or file:… below its secrets directory. The secret itself is never in the database.';
comment on column alerting.channel.allow_http is 'Whether the receiver may be reached without TLS.';
comment on column alerting.channel.language is 'Language of messages to the channel; a person''s own language comes first.';
comment on column alerting.channel.min_severity is 'Incidents below it are not sent to the channel.';
comment on column alerting.channel.throttle is 'How many messages one recipient gets at most: [{"count": 5, "seconds": 900}, …]. Null: the kind''s defaults.';
comment on column alerting.channel.failure_streak is 'Attempts that failed since the last that worked.';
comment on column alerting.channel.paused_until is 'After too many failures in a row the channel rests until then and is tried with one message.';
comment on column alerting.channel.disabled_at is 'When the receiver said that it is gone (410), or somebody turned it off. Nothing is sent until it is enabled again.';

create table alerting.template (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  template_id int generated always as identity,
  name text not null constraint template_name_is_slug check (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  kind text not null constraint kind_known check (kind in ('email', 'slack', 'teams', 'pagerduty', 'sms', 'webhook')),
  subject text constraint subject_is_short check (octet_length(subject) <= 2000),
  body text not null constraint body_is_bounded check (octet_length(body) <= 20000),
  html text constraint html_is_bounded check (octet_length(html) <= 60000),
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  primary key (tenant_id, template_id),
  constraint template_name_unique unique (tenant_id, name)
);
comment on table alerting.template is 'MiniJinja templates that take the place of the worker''s own for a channel.';
reset role;
alter table alerting.channel
  add foreign key (tenant_id, template_id) references alerting.template (tenant_id, template_id) on delete set null (template_id);

-- migrate:down
