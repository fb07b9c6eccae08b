-- Whose data a session may see: claims behind PostgREST, the mapping of the login for everybody else.
begin;
select plan(31);
\ir ../support/refusal.psql
\ir ../support/names.psql
select ops.create_tenant('acme', 'Acme') as acme, ops.create_tenant('globex', 'Globex') as globex \gset
create role bi_test_mapped login in role bi_reader;
create role bi_test_unmapped login in role bi_reader;
insert into auth.login (login_name, tenant_id) values ('bi_test_mapped', :globex);

-- What auth.tenant_id() says to a login that has taken a role and set claims. Everything is put back.
create function pg_temp.tenant_of(login text, role text, claims text) returns text
language plpgsql as $$
declare
  v_code text;
  v_message text;
  v_hint text;
  v_tenant text;
begin
  begin
    execute format('set local session authorization %I', login);
    if role is not null then
      execute format('set local role %I', role);
    end if;
    if claims is not null then
      perform set_config('request.jwt.claims', claims, true);
    end if;
    v_tenant := auth.tenant_id()::text;
    raise sqlstate 'VG000';
  exception
    when sqlstate 'VG000' then
      return v_tenant;
    when others then
      get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
      return concat(v_code, ': ', v_message, ' (', v_hint, ')');
  end;
end $$;
select format('{"tenant_id": %s, "role": "viewer"}', :acme) as claims \gset

-- Behind PostgREST.
select is(pg_temp.tenant_of('authenticator', r, :'claims'), :'acme', format('claims are believed behind PostgREST (%s)', r)) from unnest('{viewer,analyst,operator,tenant_admin,platform_admin}'::text[]) r;
select is(pg_temp.tenant_of('authenticator', 'viewer', format('{"tenant_id": "%s"}', :acme)), :'acme', 'as text as well');
select is(pg_temp.tenant_of('authenticator', 'viewer', c), '42501: no tenant for this session (Use a token with a tenant_id claim.)', coalesce('not with ' || c, 'not without claims'))
from unnest(array[null, '', '{}', '{"tenant_id": null}', '{"sub": "x", "role": "viewer"}']) c;
select matches(pg_temp.tenant_of('authenticator', 'viewer', '{"tenant_id": "1 or 1=1"}'), '^22P02:', 'nonsense is an error');
select is(pg_temp.tenant_of('authenticator', 'anon', '{"role": "anon"}'), '42501: permission denied for function tenant_id ()', 'anon has no tenant to ask for');

-- Any other login.
select is(pg_temp.tenant_of('bi_test_mapped', null, null), :'globex', 'a login is mapped to its tenant');
select is(pg_temp.tenant_of('bi_test_mapped', null, :'claims'), :'globex', 'whatever claims it sets');
select is(pg_temp.tenant_of('bi_test_mapped', 'bi_reader', :'claims'), :'globex', 'and whatever role it takes');
select is(pg_temp.tenant_of('bi_test_unmapped', null, null), '42501: no tenant for this session (A login sees the tenant that auth.login maps it to, while that is not suspended. Ask a DBA.)', 'one that is not mapped has none');
select is(pg_temp.tenant_of('bi_test_unmapped', null, :'claims'), '42501: no tenant for this session (A login sees the tenant that auth.login maps it to, while that is not suspended. Ask a DBA.)', 'whatever claims it sets');
select matches(pg_temp.tenant_of('bi_test_mapped', 'viewer', null), '^42501: permission denied to set role', 'a request role cannot be taken');
select is(pg_temp.tenant_of('postgres', null, :'claims'), '42501: no tenant for this session (A login sees the tenant that auth.login maps it to, while that is not suspended. Ask a DBA.)', 'not even a superuser is believed');

-- A tenant that is suspended.
select ops.suspend_tenant('globex', 'unpaid') \g /dev/null
select is(pg_temp.tenant_of('bi_test_mapped', null, null), '42501: no tenant for this session (A login sees the tenant that auth.login maps it to, while that is not suspended. Ask a DBA.)', 'the login of a suspended tenant sees nothing');
create role bi_test_late login in role bi_reader;
insert into auth.login (login_name, tenant_id) values ('bi_test_late', :globex);
select matches(pg_temp.tenant_of('bi_test_late', null, null), '^42501: no tenant', 'nor does one that is mapped meanwhile');
select ops.resume_tenant('globex') \g /dev/null
select is(pg_temp.tenant_of('bi_test_mapped', null, null), :'globex', 'when it is resumed it does again');
select is(pg_temp.tenant_of('bi_test_late', null, null), :'globex', 'both do');

-- What the request hook has noted.
select set_config('request.tenant_id', :'acme', true) \g /dev/null
select is(pg_temp.tenant_of('authenticator', 'viewer', '{}'), :'acme', 'behind PostgREST the hook''s word counts');
select is(pg_temp.tenant_of('bi_test_mapped', null, null), :'globex', 'no other login can say it');
select is(pg_temp.tenant_of('bi_test_unmapped', null, null), '42501: no tenant for this session (A login sees the tenant that auth.login maps it to, while that is not suspended. Ask a DBA.)', 'mapped or not');
select set_config('request.tenant_id', '', true) \g /dev/null

-- The mapping.
select matches(pg_temp.refusal($$insert into auth.login (login_name, tenant_id) values ('bi_test_mapped', 1)$$), '^23505:', 'a login has one tenant');
select matches(pg_temp.refusal($$insert into auth.login (login_name, tenant_id) values ('bi_test_unmapped', 0)$$), '^23503:', 'that is there');

-- Who is asking.
set local session authorization authenticator;
set local role viewer;
select set_config('request.jwt.claims', '{"tenant_id": 1, "sub": "anna"}', true) \gset
select auth.subject() as behind_postgrest \gset
set local session authorization bi_test_mapped;
select auth.subject() as direct \gset
reset session authorization;
select is(:'behind_postgrest'::text, 'anna', 'a token''s subject');
select is(:'direct'::text, 'bi_test_mapped', 'or the login itself');

select * from finish();
rollback;
