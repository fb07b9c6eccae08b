-- Logins of tenants: what is kept of a password, what a login is, and who may make one. tests/api/test_sql_logins.py logs in.
begin;
set local client_min_messages = warning;
select plan(21);
\ir ../support/refusal.psql
\ir ../support/names.psql
\ir ../support/requests.psql
select ops.create_tenant('acme', 'Acme') as acme, ops.create_tenant('other', 'Other') as other \gset

-- As Postgres itself would keep it, given the salt.
select is(auth.scram_verifier('pencil', '\x41414141414141414141414141414141'),
  'SCRAM-SHA-256$4096:QUFBQUFBQUFBQUFBQUFBQQ==$tweMU+BIEN8nBv5r4VwKfV5QLTi2q2kLYqhoespV+fk=:e+sZSgQwfbfrzsR8JBT42UJABEZ0Gvv/Q5Nrf6ddd48=', 'a verifier is what RFC 5802 says');
select is(pg_temp.refusal(format('select auth.scram_verifier(%L, %L)', p, '\x00')), '22023: the password is not 1 to 64 visible ASCII characters (Longer ones would be hashed first, others normalised (RFC 4013); passwords are made here, not chosen.)', format('not of %s characters', length(p))) from unnest(array[repeat('x', 65), '', 'päss']) p;

create temp table made as select pg_temp.asked('acme', 'tenant_admin', $$select x ->> 'login' as login, x ->> 'password' ~ '^[0-9a-f]{64}$' as random from api.create_sql_login('sales') x$$) as x;
select is((select x from made), format('[{"login": "bi_%s_sales", "random": true}]', :'acme')::jsonb, 'an admin makes one, and gets its password');
select results_eq(format($$select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolconnlimit, (select array_agg(m.roleid::regrole::text) from pg_auth_members m where m.member = r.oid) from pg_roles r where rolname = 'bi_%s_sales'$$, :'acme'),
  $$values (false, false, false, false, 5, '{bi_reader}'::text[])$$, 'in bi_reader, and nothing else');
select is((select array_agg(split_part(c, '=', 1) order by c) from pg_roles r, unnest(r.rolconfig) c where rolname = format('bi_%s_sales', :'acme')),
  '{default_transaction_read_only,idle_in_transaction_session_timeout,idle_session_timeout,lock_timeout,max_parallel_workers_per_gather,statement_timeout,temp_file_limit,work_mem}', 'with limits');
select is((select rolpassword ~ '^SCRAM-SHA-256\$4096:' from pg_authid where rolname = format('bi_%s_sales', :'acme')), true, 'of its password there is the verifier');
select is((select count(*) from audit.entry where tenant_id = :acme and detail::text ~ '[0-9a-f]{64}'), 0::bigint, 'and nothing in the trail');
select is(pg_temp.asked('acme', 'tenant_admin', $$select name, kind, statement_seconds from api.sql_logins$$), '[{"kind": "bi", "name": "sales", "statement_seconds": 120.000000}]', 'it is listed');
select is(pg_temp.asked('other', 'tenant_admin', $$select * from api.sql_logins$$), '[]', 'to its tenant');
select is(pg_temp.asked('other', 'tenant_admin', $$select x ->> 'login' as login from api.create_sql_login('sales', 'grafana', now() + interval '1 day') x$$), format('[{"login": "grafana_%s_sales"}]', :'other')::jsonb, 'another tenant is not in its way');
select is(pg_temp.asked('acme', 'tenant_admin', format('select api.create_sql_login(%s)', a)) #>> '{}', w, a) from (values
  ($$'sales'$$, '23505: there is a SQL login "sales" already (Choose another name, or drop it first with POST /rpc/drop_sql_login.)'),
  ($$'Sales!'$$, '22023: the name is not usable (Up to 30 lower-case letters, digits and _, a letter first.)'),
  ($$'x', 'admin'$$, '22023: the kind of login is bi or grafana (bi: few connections, statements of up to 2 minutes; grafana: 20 connections, statements of up to 30 seconds.)'),
  ($$'x', 'bi', '2001-01-01'$$, '22023: the login would have expired already (Give a time to come, or leave expires_at out.)')) x (a, w);
select is(pg_temp.asked('acme', 'operator', $$select api.create_sql_login('x')$$) #>> '{}', '42501: permission denied for function create_sql_login', 'an operator may not');
select is(pg_temp.refusal($$select auth.remove_login('postgres')$$), '22023: that is not the name of a tenant''s login (They begin with bi_ or grafana_ and the tenant''s number.)', 'no other role can be dropped that way');
create role bi_4711_left;
select is(pg_temp.refusal($$select auth.make_login('bi_4711_left', 'bi', auth.scram_verifier('x', '\x00'), null)$$), '23505: there is a role "bi_4711_left" on this server already (Choose another name, or ask a DBA to drop the role if it is left from another database.)', 'a role that another database has left is not taken over');
select is(pg_temp.refusal($$select auth.make_login('admin', 'bi', auth.scram_verifier('x', '\x00'), null)$$), '22023: the login or what is kept of its password is not of the form for logins of tenants (api.create_sql_login makes both.)', 'nor made');
select is(pg_temp.asked('acme', 'tenant_admin', $$select api.drop_sql_login('sales')$$), format('[{"drop_sql_login": {"name": "sales", "login": "bi_%s_sales"}}]', :'acme')::jsonb, 'it is dropped');

select * from finish();
rollback;
