-- The first administrator, links and what makes them, and what is tidied up.
begin;
select plan(35);
\ir ../support/refusal.psql
\ir ../support/names.psql
\ir ../support/requests.psql
delete from auth.account;
delete from fleet.tenant where name = 'platform';

-- The first administrator.
select auth.first_admin('Admin@Example.com') as token \gset
select matches(:'token'::text, '^[A-Za-z0-9_-]{43}$', 'there is a link for the first administrator');
select results_eq($$select a.email, t.name, m.role, m.active, a.password_hash is null from auth.account a join auth.membership m using (account_id) join fleet.tenant t using (tenant_id)$$,
  $$values ('admin@example.com', 'platform', 'platform_admin', true, true)$$, 'who runs the platform, and has no password yet');
select is((select count(*) from auth.one_time_token where token_sha256 = sha256(convert_to(:'token'::text, 'UTF8')) and purpose = 'setup' and expires_at between now() + interval '23 hours' and now() + interval '25 hours'), 1::bigint, 'of the link there is the hash, for a day');
select is(auth.first_admin('other@example.com'), null, 'there is one first administrator');
select matches(pg_temp.refusal($$select auth.setup_token('nobody@example.com')$$), '^42704: there is no account nobody@example.com', 'a link is for an account');
select is((select l.email || ' ' || l.purpose || ' ' || l.has_password from auth.link_of(:'token') l), 'admin@example.com setup false', 'what it is for is known');
select matches(pg_temp.refusal(format($$select auth.choose_password(%L, 'short')$$, :'token')), '^22023: the password is shorter', 'a password that is not good enough uses nothing up');
select is(auth.choose_password(:'token', 'a sentence of my own') ->> 'email', 'admin@example.com', 'a good one is taken');
select matches(pg_temp.refusal(format($$select auth.choose_password(%L, 'a sentence of my own')$$, :'token')), '^PT404:', 'once');
select is((select password_hash ~ '^\$argon2id\$v=19\$m=\d+,t=\d+,p=1\$' from auth.account), true, 'what is kept is a hash');

-- Links by mail.
select ops.create_tenant('acme', 'Acme') as acme \gset
select tenant_id as platform from fleet.tenant where name = 'platform' \gset
select account_id as admin from auth.account where email = 'admin@example.com' \gset
select matches(pg_temp.refusal($$select auth.request_reset('admin@example.com')$$), '^PT409: no mail can be sent to people \(A platform_admin makes a channel named accounts', 'mail needs a channel');
insert into alerting.channel (tenant_id, name, kind, config)
values (:acme, 'accounts', 'email', '{"host": "mail.example.com", "port": 587, "tls": "starttls", "from": "x@example.com"}');
select matches(pg_temp.refusal($$select auth.request_reset('admin@example.com')$$), '^PT409:', 'of the tenant platform');
insert into alerting.channel (tenant_id, name, kind, config)
values (:platform, 'accounts', 'email', '{"host": "mail.example.com", "port": 587, "tls": "starttls", "from": "x@example.com"}');
select auth.request_reset(e) from unnest('{admin@example.com," Admin@Example.com",nobody@example.com}'::text[]) e \g /dev/null
select auth.request_reset(null) \g /dev/null
select is((select count(*) from auth.reset_request), 4::bigint, 'who is there and who is not leaves the same');
select is(auth.send_resets(), 1::bigint, 'a message goes to who is there, once');
select is((select count(*) from auth.reset_request), 0::bigint, 'and nothing waits');
select auth.request_reset('admin@example.com') \g /dev/null
select is(auth.send_resets(), 0::bigint, 'not again within a minute');
select results_eq($$select purpose, address, target, state, payload::jsonb ->> 'type' from alerting.notification where purpose = 'account'$$,
  format($$values ('account', 'admin@example.com', 'account:%s', 'pending', 'account.reset')$$, :'admin'), 'it waits for a worker');
select is((select count(*) from auth.one_time_token where purpose = 'reset'), 0::bigint, 'and there is no token before one takes it');
create temp table claimed as select * from alerting.claim_notifications('w', 100, '30 seconds') where purpose = 'account';
select is((select link_token ~ '^[A-Za-z0-9_-]{43}$' and template is null and kind = 'email' from claimed), true, 'the worker gets it');
select is((select count(*) from auth.one_time_token o join claimed c on o.token_sha256 = sha256(convert_to(c.link_token, 'UTF8'))
  where o.purpose = 'reset' and o.expires_at between now() + interval '50 minutes' and now() + interval '70 minutes'), 1::bigint, 'its hash is kept, for an hour');
update alerting.notification set lease_until = clock_timestamp() - interval '1 second' where purpose = 'account';
select isnt((select link_token from alerting.claim_notifications('w', 100, '30 seconds') where purpose = 'account'), (select link_token from claimed), 'another attempt has another');
select is((select auth.make_link_token('account:' || gen_random_uuid(), '{"type": "account.reset"}')), null, 'who is gone gets none');
select is((select auth.make_link_token('account:' || :'admin', '{"type": "account.invite", "data": {"tenant_id": 0}}')), null, 'nor does an invitation that is gone');

-- People are managed in requests.
create function pg_temp.as_admin(statement text) returns text language sql as $$ select pg_temp.ask('tenant_admin', 'dba', statement) $$;
select is(pg_temp.as_admin($$select api.invite_user('Ann@Example.com', 'operator', 'Ann')$$)::jsonb, '{"email": "ann@example.com", "role": "operator", "state": "invited"}', 'somebody is invited');
select is(pg_temp.as_admin($$select jsonb_agg(to_jsonb(u) - 'created_at') from api.users u$$)::jsonb,
  '[{"email": "ann@example.com", "display_name": "Ann", "role": "operator", "state": "invited", "second_factor": null, "person": null, "last_used_at": null, "invited_by": "dba"}]', 'and listed so');
select matches(pg_temp.as_admin($$select api.invite_user('pat@example.com', 'platform_admin')$$), '^22023: platform_admin is a role of the tenant platform alone', 'nobody runs the platform from a tenant');
select matches(pg_temp.ask('operator', 'x', $$select api.invite_user('pat@example.com', 'viewer')$$), '^42501: permission denied', 'an operator invites nobody');
select matches(pg_temp.as_admin($$select api.set_user_role('admin@example.com', 'viewer')$$), '^PT404: there is no user', 'who is in another tenant is nobody here');
select is((select array_agg(e.action order by e.entry_id) from audit.entry e where e.tenant_id = :acme and e.action = 'invite_user'), '{invite_user}', 'it is on record');

-- Upkeep.
insert into auth.session (kind, account_id, current_tenant_id, expires_at) select 'login', :'admin', :platform, now() - x from unnest('{8 days,6 days}'::interval[]) x;
insert into auth.session (kind, issued_role, issued_subject, current_tenant_id, expires_at) select 'issued', 'viewer', 'x', :platform, now() - x from unnest('{2 hours,30 minutes}'::interval[]) x;
insert into auth.session (kind, account_id, current_tenant_id, expires_at, revoked_at, revoked_because) values ('login', :'admin', :platform, now() + interval '1 day', now() - interval '8 days', 'logout');
insert into auth.session (kind, account_id, current_tenant_id, expires_at) values ('login', :'admin', :platform, now() + interval '1 day') returning session_id as session \gset
insert into auth.refresh_token (token_sha256, session_id, expires_at, used_at, successor_sealed) values ('\x01', :'session', now() + interval '1 day', now() - interval '11 seconds', '\x00'), ('\x02', :'session', now() + interval '1 day', clock_timestamp(), '\x00');
insert into auth.login_attempt (bucket_sha256, failures, last_failure_at, locked_until) values ('\x01', 3, now() - interval '2 hours', null), ('\x02', 3, now(), null), ('\x03', 30, now() - interval '2 hours', now() + interval '1 minute');
update auth.one_time_token set expires_at = now() - interval '1 second' where purpose = 'reset';
select cmp_ok(auth.tidy(), '>=', 6::bigint, 'what has ended is removed');
select results_eq('select kind, expires_at > now(), revoked_at is null from auth.session order by 1, 2', $$values ('issued', false, true), ('login', false, true), ('login', true, true)$$, 'sessions a week later, issued ones an hour');
select results_eq('select token_sha256, successor_sealed is null from auth.refresh_token order by 1', $$values ('\x01'::bytea, true), ('\x02', false)$$, 'what may be repeated for ten seconds, after them');
select results_eq('select bucket_sha256 from auth.login_attempt order by 1', $$values ('\x02'::bytea), ('\x03')$$, 'failures an hour later');
select is((select count(*) from auth.one_time_token where purpose = 'reset'), 0::bigint, 'and links that have expired');

-- Nobody but what logs people in reads a secret.
select is_empty($$
  select r.rolname, c.table_name, c.column_name
  from (values ('account', 'password_hash'), ('account', 'totp_secret_sealed'), ('refresh_token', 'token_sha256'), ('refresh_token', 'successor_sealed'),
    ('one_time_token', 'token_sha256'), ('recovery_code', 'code_sha256'), ('api_key', 'key_sha256')) as c (table_name, column_name)
  cross join pg_roles r
  where r.rolname ~ '^(anon|viewer|analyst|operator|tenant_admin|platform_admin|bi_reader|authenticator|vigil_api|vigil_jobs|vigil_worker)$'
    and has_column_privilege(r.oid, 'auth.' || c.table_name, c.column_name, 'select')$$, 'secrets are for vigil_auth alone');

select * from finish();
rollback;
