-- What is checked of a token at every request, beside its signature.
begin;
select plan(34);
\ir ../support/names.psql
select ops.create_tenant('acme', 'Acme') as acme, ops.create_tenant('gone', 'Gone') as gone \gset
update fleet.tenant set active = false where name = 'gone';

create function pg_temp.sound() returns jsonb language sql as $$
  select jsonb_build_object('iss', 'vigil', 'aud', 'vigil', 'sub', 'anna', 'role', 'viewer', 'tenant_id', pg_temp.tenant('acme'),
    'iat', floor(extract(epoch from clock_timestamp())), 'exp', floor(extract(epoch from clock_timestamp())) + 600)
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
  select format('PT401: %s (Get a new token from your identity provider, or with ./dev token during development.)', message)
$$;
create function pg_temp.seconds(n float8) returns jsonb language sql as $$ select to_jsonb(floor(extract(epoch from clock_timestamp())) + n) $$;

select is(pg_temp.answer(pg_temp.sound()::text, r), null, format('a sound token of a %s passes', r)) from unnest('{viewer,analyst,operator,tenant_admin,platform_admin}'::text[]) r;
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
  (jsonb_build_object('tenant_id', :gone), 'the token''s tenant is not active'),
  ('{"tenant_id": 999999999}', 'the token''s tenant is not active')
) as c (change, message);

select * from finish();
rollback;
