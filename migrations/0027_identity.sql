-- migrate:up
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'vigil_auth') then
    create role vigil_auth nologin;
  end if;
end $$;
-- Owns the functions of login, sessions, keys and the request hook: who logs in has no tenant yet, so it passes row
-- security. It holds rights on the tables of auth and little else, and nobody can log in as it.
alter role vigil_auth nologin nosuperuser nocreaterole nocreatedb bypassrls;

-- Made anew by sql/; it belongs to vigil_jobs.
drop function if exists alerting.claim_notifications(text, int, interval);

set local role vigil_owner;

alter table ops.job
  drop constraint job_known,
  add constraint job_known check (job_name in ('features', 'scores', 'anomalies', 'rules', 'alerts', 'escalations', 'rollups', 'sources',
    'train', 'prune', 'retention', 'archive', 'verify', 'storage', 'dead_man', 'password_resets', 'sessions'));
alter table alerting.notification
  drop constraint purpose_known,
  add constraint purpose_known check (
    purpose in ('page', 'update', 'acknowledge', 'resolve', 'remind', 'note', 'test', 'handoff', 'account'));

create table auth.account (
  account_id uuid primary key default gen_random_uuid(),
  email text not null
    constraint account_email_unique unique
    constraint account_email_is_address check (email ~ '^[^@[:space:][:cntrl:]]{1,64}@[^@[:space:][:cntrl:]]{1,255}$' and email = lower(email)),
  display_name text not null constraint account_display_name_length check (length(display_name) between 1 and 200),
  password_hash text constraint password_hash_is_argon2id check (password_hash like '$argon2id$%'),
  password_changed_at timestamptz,
  totp_secret_sealed bytea,
  totp_confirmed_at timestamptz,
  totp_last_step bigint,
  active boolean not null default true,
  language text not null default 'en' constraint account_language_known check (language in ('en', 'de')),
  last_tenant_id int,
  last_login_at timestamptz,
  reset_sent_at timestamptz,
  created_at timestamptz not null default now()
);
comment on table auth.account is 'A person who logs in. Belongs to no tenant; memberships say where they may work and as what. Read by vigil_auth alone.';
comment on column auth.account.email is 'Lower case; what they log in with.';
comment on column auth.account.password_hash is 'Argon2id in the PHC string format, parameters included. Null until they have chosen a password.';
comment on column auth.account.totp_secret_sealed is 'The secret of the second factor (RFC 6238), sealed with the server''s key file. Counts once totp_confirmed_at is set.';
comment on column auth.account.totp_last_step is 'The newest time step that was used: a code works once.';
comment on column auth.account.last_tenant_id is 'Where they worked last: the next login begins there. It may be gone by then.';
comment on column auth.account.reset_sent_at is 'When the last link to choose a new password was ordered: one a minute.';

create table auth.membership (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  account_id uuid not null references auth.account (account_id) on delete cascade,
  role text not null constraint membership_role_known check (role in ('viewer', 'analyst', 'operator', 'tenant_admin', 'platform_admin')),
  active boolean not null default true,
  display_name text constraint membership_display_name_length check (length(display_name) between 1 and 200),
  accepted_at timestamptz,
  created_at timestamptz not null default now(),
  created_by text not null,
  primary key (tenant_id, account_id)
);
comment on table auth.membership is 'Which account works in which tenant, and as what. platform_admin exists in the tenant named platform alone; who is one may enter any tenant.';
comment on column auth.membership.display_name is 'What the tenant calls them; null: as the account has it. A tenant that invites somebody does not learn what another calls them.';
comment on column auth.membership.accepted_at is 'When the invitation was accepted. Null with active false: not yet.';
create index membership_account on auth.membership (account_id);

create table auth.session (
  session_id uuid primary key default gen_random_uuid(),
  kind text not null constraint session_kind_known check (kind in ('login', 'issued')),
  account_id uuid references auth.account (account_id) on delete cascade,
  current_tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  issued_role text constraint issued_role_known check (issued_role in ('viewer', 'analyst', 'operator', 'tenant_admin', 'platform_admin')),
  issued_subject text,
  created_at timestamptz not null default clock_timestamp(),
  last_used_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_because text constraint revoked_because_known check (
    revoked_because in ('logout', 'revoked', 'reuse', 'password', 'deactivated', 'role', 'erased')),
  address inet,
  user_agent text constraint user_agent_length check (length(user_agent) <= 300),
  second_factor boolean not null default false,
  constraint session_has_a_bearer check ((kind = 'login') = (account_id is not null)
    and (kind = 'issued') = (issued_role is not null and issued_subject is not null)),
  constraint revoked_says_why check ((revoked_at is null) = (revoked_because is null))
);
comment on table auth.session is 'What every access token belongs to: a login, or what a DBA issued. Revoking it ends its tokens at once.';
comment on column auth.session.current_tenant_id is 'The tenant of the newest tokens of the session.';
comment on column auth.session.last_used_at is 'The last login or refresh.';
comment on column auth.session.expires_at is 'However often it is refreshed, it ends then.';
comment on column auth.session.address is 'Where it was begun, as PostgREST''s proxy says; no decision rests on it.';
create index session_account on auth.session (account_id, created_at desc);
create index session_tenant on auth.session (current_tenant_id);
create index session_end on auth.session (expires_at);

create table auth.refresh_token (
  token_sha256 bytea primary key,
  session_id uuid not null references auth.session (session_id) on delete cascade,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz,
  client_sha256 bytea,
  successor_sealed bytea
);
comment on table auth.refresh_token is '256 random bits each, of which only the SHA-256 is here. Used once; whoever uses one again later ends the whole session (RFC 9700).';
comment on column auth.refresh_token.client_sha256 is 'Which client used it: its address and user agent, hashed. The same client may repeat within 10 seconds, when an answer was lost.';
comment on column auth.refresh_token.successor_sealed is 'The token that the use gave, sealed with the server''s key file, for that repeat; removed after it.';
create index refresh_token_session on auth.refresh_token (session_id);

create table auth.one_time_token (
  token_sha256 bytea primary key,
  account_id uuid not null references auth.account (account_id) on delete cascade,
  purpose text not null constraint one_time_purpose_known check (purpose in ('invite', 'reset', 'setup')),
  invited_to int references fleet.tenant (tenant_id) on delete cascade,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint invite_is_to_a_tenant check ((purpose = 'invite') = (invited_to is not null))
);
comment on table auth.one_time_token is 'Links to choose a password: 256 random bits each, of which only the SHA-256 is here. Used once.';
comment on column auth.one_time_token.invited_to is 'The tenant whose invitation it accepts.';
create index one_time_token_account on auth.one_time_token (account_id);
create index one_time_token_tenant on auth.one_time_token (invited_to);

create table auth.reset_request (
  reset_request_id bigint generated always as identity primary key,
  email text not null constraint reset_email_length check (length(email) <= 320),
  requested_at timestamptz not null default clock_timestamp()
);
comment on table auth.reset_request is 'Addresses that somebody asked a link for to choose a new password, known or not: a job finds out, so that the answer takes as long for either.';

create table auth.recovery_code (
  account_id uuid not null references auth.account (account_id) on delete cascade,
  code_sha256 bytea not null,
  used_at timestamptz,
  primary key (account_id, code_sha256)
);
comment on table auth.recovery_code is 'What stands in for the second factor once: 80 random bits each, of which only the SHA-256 is here.';

create table auth.login_attempt (
  bucket_sha256 bytea primary key,
  failures int not null,
  last_failure_at timestamptz not null default clock_timestamp(),
  locked_until timestamptz
);
comment on table auth.login_attempt is 'Failed logins by what was typed as the email, whether or not there is such an account, and by network address (IPv6: the /64): each makes the next wait longer. Forgotten an hour after the last, those of an email also with a login.';
comment on column auth.login_attempt.bucket_sha256 is 'SHA-256 of the email or the address: what people type into that field by mistake is nobody''s to read.';
comment on column auth.login_attempt.locked_until is 'No login before this time, right password or wrong.';

create table auth.blocked_password (
  password_sha256 bytea primary key
);
comment on table auth.blocked_password is 'Passwords that nobody may choose because they are known: SHA-256 of their lower-case text.';

create table auth.api_key (
  tenant_id int not null references fleet.tenant (tenant_id) on delete cascade,
  api_key_id int generated always as identity,
  name text not null constraint api_key_name_is_slug check (name ~ '^[a-z][a-z0-9_.-]{0,62}$'),
  prefix text not null,
  key_sha256 bytea not null constraint key_sha256_unique unique,
  scope text not null constraint scope_known check (scope in ('ingest', 'read', 'operate', 'admin')),
  endpoints text[] constraint endpoints_are_paths check (
    cardinality(endpoints) between 1 and 100 and array_to_string(endpoints, '') ~ '^(/[a-z_/]+)+$'),
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  last_used_at timestamptz,
  primary key (tenant_id, api_key_id),
  constraint api_key_name_unique unique (tenant_id, name)
);
comment on table auth.api_key is 'Keys of programs, sent in X-API-Key: 256 random bits each, of which only the SHA-256 and the first letters are here.';
comment on column auth.api_key.prefix is 'The first letters of the key, to tell keys apart.';
comment on column auth.api_key.scope is 'ingest: POST /rpc/ingest alone; read: what a viewer may; operate: what an operator may; admin: what a tenant_admin may, but for people and keys.';
comment on column auth.api_key.endpoints is 'Paths, such as /rpc/series or /devices, which are all that the key opens. Null: all that its scope allows.';
comment on column auth.api_key.last_used_at is 'Copied from shared memory by a job, so up to a minute late, and unknown after a restart of the server.';

create table auth.rate_limit (
  rate_limit_id int generated always as identity primary key,
  tenant_id int references fleet.tenant (tenant_id) on delete cascade,
  class text not null constraint rate_class_known check (class in ('read', 'write', 'ingest', 'login', 'reset')),
  bearer text not null constraint rate_bearer_known check (bearer in ('key', 'user', 'tenant', 'address', 'strangers')),
  burst float8 not null constraint burst_is_positive check (burst >= 1 and burst <= 1e9),
  per_second float8 not null constraint rate_is_positive check (per_second > 0 and per_second <= 1e9),
  constraint fills_within_a_year check (burst / per_second <= 31622400),
  constraint rate_limit_once unique nulls not distinct (tenant_id, class, bearer)
);
comment on table auth.rate_limit is 'How many requests: a burst, refilled at so many a second, per class of endpoint and bearer. A row with a tenant replaces the one for all.';
comment on column auth.rate_limit.class is 'read: GET and HEAD; ingest: POST /rpc/ingest; login and reset: what needs no token; write: the rest.';
comment on column auth.rate_limit.bearer is 'What is counted: an API key, a user, a tenant as a whole, a network address (without a token; of IPv6 the /64), or strangers: all requests without a token together, as long as no proxy says where they come from.';

create table auth.setting (
  only_row boolean primary key default true constraint setting_is_one_row check (only_row),
  trusted_proxies int not null default 0 constraint trusted_proxies_bounded check (trusted_proxies between 0 and 10),
  session_lifetime interval not null default '12 hours'
    constraint session_lifetime_bounded check (session_lifetime between interval '15 minutes' and interval '90 days'),
  refresh_lifetime interval not null default '12 hours'
    constraint refresh_lifetime_bounded check (refresh_lifetime between interval '15 minutes' and interval '90 days'),
  public_url text constraint public_url_is_http check (public_url ~ '^https?://[^[:space:]]{1,500}$')
);
comment on table auth.setting is 'What a DBA decides about logging in; one row.';
comment on column auth.setting.trusted_proxies is 'How many reverse proxies of ours stand before PostgREST: the client''s address is that many places from the end of X-Forwarded-For. 0: the header is not believed and the address is not known.';
comment on column auth.setting.session_lifetime is 'After this a session ends, however often it is refreshed.';
comment on column auth.setting.refresh_lifetime is 'A refresh token that is not used for so long ends.';
comment on column auth.setting.public_url is 'Where people reach the API, for links that are not in messages; those take the worker''s.';

alter table auth.login
  add column kind text not null default 'other' constraint login_kind_known check (kind in ('bi', 'grafana', 'other')),
  add column created_by text not null default 'DBA';
comment on column auth.login.kind is 'bi and grafana: made by api.create_sql_login; other: mapped by a DBA.';

-- Row security holds for the owner too.
reset role;
insert into auth.setting (only_row) values (true);
insert into auth.rate_limit (class, bearer, burst, per_second) values
  ('read', 'user', 600, 100), ('read', 'key', 1200, 200), ('read', 'tenant', 3000, 500),
  ('write', 'user', 120, 20), ('write', 'key', 240, 40), ('write', 'tenant', 600, 100),
  ('ingest', 'user', 240, 40), ('ingest', 'key', 600, 100), ('ingest', 'tenant', 1200, 200),
  ('read', 'address', 60, 10), ('write', 'address', 60, 10), ('login', 'address', 20, 0.5), ('reset', 'address', 5, 0.02),
  ('read', 'strangers', 600, 100), ('write', 'strangers', 600, 100), ('login', 'strangers', 200, 20), ('reset', 'strangers', 50, 0.5);

-- migrate:down
