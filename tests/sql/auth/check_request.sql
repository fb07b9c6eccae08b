-- What is checked of a token at every request, beside its signature, and of an API key.
begin;
select plan(76);
\ir ../support/names.psql
select ops.create_tenant('acme', 'Acme') as acme, ops.create_tenant('gone', 'Gone') as gone \gset
update fleet.tenant set active = false where name = 'gone';

insert into auth.session (kind, current_tenant_id, issued_role, issued_subject, expires_at)
select 'issued', :acme, r, 'anna', clock_timestamp() + interval '1 hour' from unnest('{viewer,analyst,operator,tenant_admin,platform_admin}'::text[]) r;
create function pg_temp.sound(role text default 'viewer') returns jsonb language sql as $$
  select jsonb_build_object('iss', 'vigil', 'aud', 'vigil', 'typ', 'access', 'sub', 'anna', 'role', sound.role, 'tenant_id', pg_temp.tenant('acme'),
    'iat', floor(extract(epoch from clock_timestamp())), 'exp', floor(extract(epoch from clock_timestamp())) + 600, 'jti', repeat('a', 32),
    'sid', (select s.session_id from auth.session s where s.kind = 'issued' and s.current_tenant_id = pg_temp.tenant('acme') and s.issued_role = sound.role))
$$;
-- What the request hook answers to claims: nothing, or status, message and hint.
create function pg_temp.answer(claims text, role text default 'viewer', login text default 'authenticator') returns text
language plpgsql as $$
declare
  v_code text;
  v_message text;
  v_hint text;
begin
  begin
    execute format('set local session authorization %I', login);
    execute format('set local role %I', role);
    perform set_config('request.jwt.claims', coalesce(claims, ''), true);
    perform auth.check_request();
    raise sqlstate 'VG000';
  exception
    when sqlstate 'VG000' then
      return null;
    when others then
      get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      return concat(v_code, ': ', v_message, ' (', v_hint, ')');
  end;
end $$;
create function pg_temp.refused(message text) returns text language sql as $$
  select format('PT401: %s (Get a new token with POST /rpc/login or /rpc/refresh, or with ./dev token during development.)', message)
$$;
create function pg_temp.seconds(n float8) returns jsonb language sql as $$ select to_jsonb(floor(extract(epoch from clock_timestamp())) + n) $$;

select is(pg_temp.answer(pg_temp.sound(r)::text, r), null, format('a sound token of a %s passes', r)) from unnest('{viewer,analyst,operator,tenant_admin,platform_admin}'::text[]) r;
select is(pg_temp.answer((pg_temp.sound() || '{"aud": ["other", "vigil"]}')::text), null, 'one for several audiences');
select is(pg_temp.answer((pg_temp.sound() || jsonb_build_object('nbf', pg_temp.seconds(-1)))::text), null, 'one that has become valid');
select is(pg_temp.answer((pg_temp.sound() || jsonb_build_object('iat', pg_temp.seconds(20)))::text), null, 'one from a clock that is a little fast');
select is(pg_temp.answer('{"role": "anon"}', 'anon'), null, 'and a request without a token, which may do nothing');
select is(pg_temp.answer(null, 'anon'), null, 'with whatever PostgREST says of it');

select is(pg_temp.answer((case when change ? 'without' then pg_temp.sound() - (change ->> 'without') else pg_temp.sound() || change end)::text), pg_temp.refused(message), change::text)
from (values
  ('{"without": "iss"}'::jsonb, 'the token was not issued by vigil'),
  ('{"iss": "Vigil"}', 'the token was not issued by vigil'),
  ('{"without": "aud"}', 'the token is not meant for vigil'),
  ('{"aud": "vigilant"}', 'the token is not meant for vigil'),
  ('{"aud": ["other"]}', 'the token is not meant for vigil'),
  ('{"without": "exp"}', 'the token has no expiry'),
  ('{"exp": "tomorrow"}', 'the token has no expiry'),
  ('{"without": "iat"}', 'the token does not say when it was issued'),
  ('{"exp": 1}', 'the token has expired'),
  (jsonb_build_object('exp', pg_temp.seconds(-1), 'iat', pg_temp.seconds(-60)), 'the token has expired'),
  (jsonb_build_object('iat', pg_temp.seconds(60), 'exp', pg_temp.seconds(120)), 'the token was issued in the future'),
  (jsonb_build_object('exp', pg_temp.seconds(910)), 'the token lives longer than 15 minutes'),
  (jsonb_build_object('nbf', pg_temp.seconds(30)), 'the token is not valid yet'),
  ('{"without": "sub"}', 'the token has no subject'),
  ('{"sub": ""}', 'the token has no subject'),
  ('{"without": "role"}', 'the token has no role'),
  ('{"role": "anon"}', 'the token has no role'),
  ('{"without": "tenant_id"}', 'the token has no tenant'),
  ('{"tenant_id": "x"}', 'the token has no tenant'),
  ('{"tenant_id": -1}', 'the token has no tenant'),
  ('{"tenant_id": 1.5}', 'the token has no tenant'),
  ('{"tenant_id": 99999999999}', 'the token has no tenant'),
  ('{"without": "typ"}', 'the token is not an access token'),
  ('{"typ": "refresh"}', 'the token is not an access token'),
  ('{"without": "jti"}', 'the token has no id'),
  ('{"jti": "short"}', 'the token has no id'),
  ('{"without": "sid"}', 'the token has no session'),
  ('{"sid": "1 or true"}', 'the token has no session'),
  ('{"sid": "01234567-0123-0123-0123-0123456789ab"}', 'the session has ended'),
  ('{"sub": "berta"}', 'the token is not its session''s'),
  ('{"role": "operator"}', 'the account has another role by now'),
  ('{"role": "platform_admin"}', 'the account has another role by now'),
  (jsonb_build_object('tenant_id', :gone), 'the token''s tenant is not active'),
  ('{"tenant_id": 999999999}', 'the token''s tenant is not active')
) as c (change, message);

-- The session behind it.
insert into fleet.tenant (name, display_name) values ('other', 'Other');
select is(pg_temp.answer((pg_temp.sound() || jsonb_build_object('tenant_id', pg_temp.tenant('other')))::text), pg_temp.refused('the token is not its session''s'), 'what was issued is for one tenant');
update auth.session set expires_at = clock_timestamp() where issued_role = 'analyst' and current_tenant_id = :acme;
select is(pg_temp.answer(pg_temp.sound('analyst')::text, 'analyst'), pg_temp.refused('the session has expired'), 'a session ends');
update auth.session set revoked_at = clock_timestamp(), revoked_because = 'revoked' where issued_role = 'operator' and current_tenant_id = :acme;
select is(pg_temp.answer(pg_temp.sound('operator')::text, 'operator'), pg_temp.refused('the session has ended'), 'or is ended');

-- That of a person.
insert into auth.account (email, display_name) values ('ann@example.com', 'Ann'), ('pat@example.com', 'Pat');
select account_id as ann from auth.account where email = 'ann@example.com' \gset
select account_id as pat from auth.account where email = 'pat@example.com' \gset
insert into auth.membership (tenant_id, account_id, role, created_by) values (:acme, :'ann', 'operator', 'test');
insert into auth.session (kind, account_id, current_tenant_id, expires_at) values ('login', :'ann', :acme, clock_timestamp() + interval '1 hour'), ('login', :'pat', :acme, clock_timestamp() + interval '1 hour');
create function pg_temp.of(account uuid, role text, tenant text default 'acme') returns text language sql as $$
  select (pg_temp.sound() || jsonb_build_object('sub', account, 'role', of.role, 'tenant_id', pg_temp.tenant(tenant), 'sid', s.session_id))::text from auth.session s where s.account_id = account
$$;
select is(pg_temp.answer(pg_temp.of(:'ann', 'operator'), 'operator'), null, 'a person with a role in the tenant passes');
select is(pg_temp.answer(pg_temp.of(:'ann', 'tenant_admin'), 'tenant_admin'), pg_temp.refused('the account has another role by now'), 'not with another role');
select is(pg_temp.answer(pg_temp.of(:'ann', 'platform_admin'), 'platform_admin'), pg_temp.refused('the account has another role by now'), 'nor as platform staff');
select is(pg_temp.answer(pg_temp.of(:'ann', 'operator', 'other'), 'operator'), pg_temp.refused('the account has another role by now'), 'nor in another tenant');
select is(pg_temp.answer((pg_temp.of(:'ann', 'operator')::jsonb || jsonb_build_object('sub', :'pat'))::text, 'operator'), pg_temp.refused('the token is not its session''s'), 'nor as another person');
update auth.membership set role = 'viewer' where account_id = :'ann';
select is(pg_temp.answer(pg_temp.of(:'ann', 'operator'), 'operator'), pg_temp.refused('the account has another role by now'), 'a role that was taken away is gone');
update auth.membership set role = 'operator', active = false where account_id = :'ann';
select is(pg_temp.answer(pg_temp.of(:'ann', 'operator'), 'operator'), pg_temp.refused('the account has another role by now'), 'so is a membership');
update auth.membership set active = true where account_id = :'ann';
update auth.account set active = false where account_id = :'ann';
select is(pg_temp.answer(pg_temp.of(:'ann', 'operator'), 'operator'), pg_temp.refused('the account is not active'), 'and an account');
insert into fleet.tenant (name, display_name) values ('platform', 'Platform') on conflict do nothing;
insert into auth.membership (tenant_id, account_id, role, created_by) values (pg_temp.tenant('platform'), :'pat', 'platform_admin', 'test');
select is(pg_temp.answer(pg_temp.of(:'pat', 'platform_admin', t), 'platform_admin'), null, format('platform staff enter %s', t)) from unnest('{acme,other}'::text[]) t;
select is(pg_temp.answer(pg_temp.of(:'pat', 'viewer', 'other'), 'viewer'), pg_temp.refused('the account has another role by now'), 'as what they are');
update auth.membership set active = false where account_id = :'pat';
select is(pg_temp.answer(pg_temp.of(:'pat', 'platform_admin', 'other'), 'platform_admin'), pg_temp.refused('the account has another role by now'), 'and no longer when they are not staff');

-- Keys.
insert into auth.api_key (tenant_id, name, prefix, key_sha256, scope, endpoints, created_by, expires_at, revoked_at)
select :acme, x.name, 'vgl_00000000', sha256(convert_to('key of ' || x.name, 'UTF8')), x.scope, x.endpoints::text[], 'test', x.expires_at, x.revoked_at
from (values ('ingest', 'ingest', null, null::timestamptz, null::timestamptz), ('read', 'read', null, clock_timestamp() + interval '1 hour', null), ('operate', 'operate', null, null, null), ('admin', 'admin', null, null, null),
  ('narrow', 'read', '{/devices}', null, null), ('old', 'read', null, clock_timestamp(), null), ('revoked', 'read', null, null, clock_timestamp())) as x (name, scope, endpoints, expires_at, revoked_at);
-- What the hook answers to a key on a path, and the role that the request then has.
create function pg_temp.with_key(key text, path text, claims text default '{"role": "anon"}') returns text language plpgsql as $$
declare
  v_code text;
  v_message text;
begin
  begin
    set local session authorization authenticator;
    execute format('set local role %I', claims::jsonb ->> 'role');
    perform set_config('request.headers', json_build_object('x-api-key', key)::text, true), set_config('request.method', 'POST', true),
      set_config('request.path', path, true), set_config('request.jwt.claims', claims, true);
    perform auth.check_request();
    raise sqlstate 'VG000' using message = concat_ws(' ', current_user, auth.claims() ->> 'sub', (auth.claims() ->> 'tenant_id')::int = pg_temp.tenant('acme'));
  exception
    when others then
      get stacked diagnostics v_code = returned_sqlstate, v_message = message_text;
      return case v_code when 'VG000' then v_message else v_code || ': ' || v_message end;
  end;
end $$;
grant execute on function pg_temp.tenant(text) to public;
grant select on fleet.tenant to public;
select is(pg_temp.with_key('key of ' || x.name, x.path), x.answer, format('a key for %s on %s', x.name, x.path))
from (values
  ('ingest', '/rpc/ingest', 'operator key:ingest t'),
  ('ingest', '/rpc/series', 'PT403: the API key is not for /rpc/series'),
  ('read', '/rpc/series', 'viewer key:read t'),
  ('operate', '/rpc/register_device', 'operator key:operate t'),
  ('admin', '/rpc/save_channel', 'tenant_admin key:admin t'),
  ('narrow', '/rpc/series', 'PT403: the API key is not for /rpc/series'),
  ('old', '/rpc/series', 'PT401: the API key has expired'),
  ('revoked', '/rpc/series', 'PT401: the API key was revoked'),
  ('nobody', '/rpc/series', 'PT401: the API key is not valid')) as x (name, path, answer);
select is(pg_temp.with_key('key of read', '/rpc/series', pg_temp.sound()::text), 'PT400: the request has both a token and an API key', 'one or the other');
update fleet.tenant set active = false where name = 'acme';
select is(pg_temp.with_key('key of read', '/rpc/series'), 'PT401: the API key''s tenant is not active', 'a key of a tenant that is not active');

-- Whatever a claim is: the few forms that pass are these.
create function pg_temp.passes(claims jsonb) returns boolean language plpgsql as $$
declare
  v_passes boolean;
begin
  perform set_config('request.headers', '{}', true), set_config('request.method', 'GET', true), set_config('request.jwt.claims', claims::text, true);
  v_passes := vigil_platform.open_request(true) is null;
  return v_passes;
end $$;
create temp table odd as
with value (name, v) as (
  select x::text, x from unnest(array['null', 'true', '0', '-1', '1.5', '7', '7.0', '1e10', '"vigil"', '"access"', '"viewer"', '"anon"', '""', '"1000"', '"7"', '"0123456789abcdef"', '"0123456789abcde"',
    '"0123456789abcde "', '"00000000-0000-4000-8000-000000000000"', '"00000000-0000-4000-8000-00000000000"', '"00000000-0000-4000-8000-00000000000A"', '"0000000000000-4000-8000-000000000000"',
    '["vigil"]', '["access"]', '["vigil", "other"]', '[]', '{}', '{"vigil": 1}', '["viewer"]', '[7]']::jsonb[]) x
  union all
  select format('now %s', to_char(n, 'SG9999')), pg_temp.seconds(n) from unnest('{-1000,-2,20,60,500,1500}'::int[]) n
)
select k.name as claim, v.name as value, pg_temp.sound() || jsonb_build_object(k.name, v.v) as claims
from value v cross join (select jsonb_object_keys(pg_temp.sound()) union all values ('nbf'), ('other')) k (name)
union all
select k, 'left out', pg_temp.sound() - k from jsonb_object_keys(pg_temp.sound()) k;
select results_eq(
  $$select o.claim, array_agg(o.value order by o.value collate "C") from odd o where pg_temp.passes(o.claims) and o.claim not in ('other', 'sub', 'role') group by o.claim order by o.claim collate "C"$$,
  $$values ('aud', '{"\"vigil\"","[\"vigil\", \"other\"]","[\"vigil\"]"}'::text[]), ('exp', '{"now +  20","now +  60","now + 500"}'), ('iat', '{"now +  20","now -   2"}'), ('iss', '{"\"vigil\""}'),
    ('jti', '{"\"00000000-0000-4000-8000-00000000000\"","\"00000000-0000-4000-8000-000000000000\"","\"00000000-0000-4000-8000-00000000000A\"","\"0000000000000-4000-8000-000000000000\"","\"0123456789abcdef\""}'),
    ('nbf', '{-1,0,1.5,7,7.0,"now -   2","now -1000"}'), ('sid', '{"\"00000000-0000-4000-8000-000000000000\""}'), ('tenant_id', '{7}'), ('typ', '{"\"access\""}')$$,
  'which values of each claim pass');
select is((select count(*) from odd o where o.claim in ('sub', 'role') and pg_temp.passes(o.claims) <> (jsonb_typeof(o.claims -> o.claim) = 'string' and o.claims ->> o.claim <> '' and (o.claim, o.claims ->> o.claim) <> ('role', 'anon'))),
  0::bigint, 'subject and role are any text but none');
select is((select bool_and(pg_temp.passes(o.claims)) from odd o where o.claim = 'other'), true, 'other claims are not looked at');

-- The short question about a session says yes to nothing that the long one finds a problem in.
update fleet.tenant set active = true where name = 'acme';
update auth.account set active = true where account_id = :'ann';
create temp table asked as
select c.claims, auth.session_carries(c.claims, now()) as carries, auth.session_problem(c.claims, now()) as problem
from (
  select jsonb_build_object('sid', s.session_id, 'tenant_id', t.tenant_id, 'role', r, 'sub', u.sub) as claims
  from auth.session s cross join fleet.tenant t cross join unnest('{viewer,operator,tenant_admin,platform_admin}'::text[]) r
  cross join (select 'anna' as sub union all select a.account_id::text from auth.account a) u
  where t.name in ('acme', 'gone', 'other', 'platform')) c;
select is((select count(*) from asked a where a.carries and a.problem is not null), 0::bigint, 'what carries a token has no problem');
select cmp_ok((select count(*) from asked a where a.carries), '>', 3::bigint, 'which several do');
select is((select count(*) from asked a where not a.carries and a.problem is null and a.claims ->> 'role' <> 'platform_admin'), 0::bigint, 'and only of staff it is asked at length in vain');

select * from finish();
rollback;
