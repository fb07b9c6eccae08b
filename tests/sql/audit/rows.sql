-- Who did what to which row: entries of calls and of rows, by requests, SQL logins and DBAs; not by jobs.
begin;
select plan(45);
\ir ../support/names.psql
\ir ../support/requests.psql
select ops.create_tenant('acme', 'Acme') as acme, ops.create_tenant('globex', 'Globex') as globex \gset
select fleet.create_profile(:acme, 'engine', '["rpm"]') \gset
-- entries(): those since the last call, in order.
create temp table seen as select coalesce(max(entry_id), 0) as entry_id from audit.entry;
create function pg_temp.entries(tenant text default 'acme') returns setof audit.entry
language plpgsql as $$
begin
  return query select e.* from audit.entry e, seen s where e.tenant_id = pg_temp.tenant(tenant) and e.entry_id > s.entry_id order by e.entry_id;
  update seen set entry_id = (select max(e.entry_id) from audit.entry e);
end $$;

-- A request.
update auth.setting set trusted_proxies = 1;
select set_config('request.correlation_id', 'c-1', true), set_config('request.headers', '{"x-forwarded-for": "198.51.100.9, 203.0.113.7"}', true) \gset
select pg_temp.entries() \g /dev/null
select pg_temp.ask('operator', 'anna', $$select api.register_device('e-1', 'engine', 'Engine 1', 'V8')$$) \gset
create temp table entry as select * from pg_temp.entries();
select results_eq($$select operation, object, action, actor, role, correlation_id, host(address) from entry order by entry_id$$,
  $$values ('insert', 'fleet.device', 'insert', 'anna', 'operator', 'c-1', '203.0.113.7'),
    ('insert', 'fleet.stream', 'insert', 'anna', 'operator', 'c-1', '203.0.113.7'),
    ('update', 'fleet.device', 'update', 'anna', 'operator', 'c-1', '203.0.113.7'),
    ('call', 'register_device', 'register_device', 'anna', 'operator', 'c-1', '203.0.113.7')$$,
  'a request: each row that it changed, and the call, with whom, the role, the correlation id and the address');
select is(object_key - 'device_id', '{"name": "e-1", "external_id": "e-1"}', 'a row is named by its key and by what people call it') from entry where operation = 'insert' and object = 'fleet.device';
select is(before, null, 'nothing was before an insert') from entry where operation = 'insert' and object = 'fleet.device';
select is(before || jsonb_build_object('to', after), '{"name": "e-1", "model": null, "to": {"name": "Engine 1", "model": "V8"}}', 'an update has the columns that changed, as they were and as they are')
from entry where operation = 'update';
select pg_temp.ask('operator', 'anna', $$select api.register_device('e-1', 'engine', 'Engine 1', 'V8')$$) \gset
select results_eq($$select operation from pg_temp.entries()$$, $$values ('call')$$, 'what changes no column makes an entry of the call alone');
select pg_temp.ask('tenant_admin', 'anna', $$select count(*) from api.save_channel('{"name": "mail", "kind": "email", "config": {"host": "mail.example.com", "port": 587, "tls": "starttls", "from": "vigil@example.com", "username": "vigil"}, "secret_ref": "file:acme/mail"}')$$) \gset
select results_eq($$select object, after ->> 'secret_ref', after #>> '{config,host}' from pg_temp.entries() where operation = 'insert'$$,
  $$values ('alerting.channel', '***', 'mail.example.com')$$, 'a reference to a secret is masked, the settings beside it are not');

-- The session of a token.
create function pg_temp.as_session(statement text) returns void
language plpgsql as $$
begin
  perform set_config('request.jwt.claims', json_build_object('role', 'operator', 'sub', 'anna', 'tenant_id', pg_temp.tenant('acme'), 'sid', '11111111-2222-4333-8444-555555555555')::text, true);
  set local session authorization authenticator;
  set local role operator;
  execute statement;
  set local session authorization postgres;
end $$;
select pg_temp.as_session($$select api.register_device('e-1', 'engine', 'Engine one')$$) \gset
select results_eq($$select distinct session_id from pg_temp.entries()$$, $$values ('11111111-2222-4333-8444-555555555555'::uuid)$$, 'with its session');

-- A DBA. Settings of a request say nothing here: any login can make them.
update fleet.device set attributes = '{"floor": 2, "wifi_password": "hunter2", "net": [{"api_key": "k", "port": 1}], "key": "x", "none": null}' where tenant_id = :acme;
create temp table dba as select * from pg_temp.entries();
select results_eq($$select actor, role, correlation_id, address, session_id, object from dba$$,
  $$values ('postgres', 'postgres', null::text, null::inet, null::uuid, 'fleet.device')$$, 'a DBA by the login, without what only PostgREST can know');
select is(after -> 'attributes', '{"floor": 2, "wifi_password": "***", "net": [{"api_key": "***", "port": 1}], "key": "***", "none": null}', 'secrets inside JSON are masked by their names') from dba;
select is(vigil_platform.without_secrets('{"token": null, "tokens": 3, "a": [1, {"Authorization": "Basic"}], "monkey": 1}'),
  '{"token": null, "tokens": "***", "a": [1, {"Authorization": "***"}], "monkey": 1}', 'nulls stay, and what only ends like a key');
select is(vigil_platform.without_secrets((repeat('[', 30) || '{"token": 1}' || repeat(']', 30))::jsonb)::text !~ 'token', true, 'what is nested too deep to look at is masked as a whole');
update fleet.device set attributes = jsonb_build_object('text', repeat('x', 3000)) where tenant_id = :acme;
select matches(after ->> 'attributes', '^3012 bytes, SHA-256 [0-9a-f]{64}$', 'a long value is given by its length and SHA-256') from pg_temp.entries();
update fleet.device set external_id = 'e-2' where tenant_id = :acme;
select results_eq($$select object_key ->> 'external_id', before ->> 'external_id', after ->> 'external_id' from pg_temp.entries()$$,
  $$values ('e-1', 'e-1', 'e-2')$$, 'a row that got another name is named by the former');
insert into fleet.site (tenant_id, path, name) select :acme, ('s' || n)::public.ltree, 'Site ' || n from generate_series(1, 500) n;
select is(count(*), 500::bigint, 'each row of a statement has an entry') from pg_temp.entries();
update fleet.site set name = 'S' || path::text where tenant_id = :acme and path <> 's7';
create temp table bulk as select * from pg_temp.entries();
select is(count(*), 499::bigint, 'of those that it changed') from bulk;
select is(count(*), 0::bigint, 'old and new belong to the same row') from bulk
where after ->> 'name' <> 'Ss' || substr(before ->> 'name', 6);
-- Keys that change places, as when numbers are given anew.
update fleet.site set path = ('t' || (501 - substr(path::text, 2)::int))::public.ltree where tenant_id = :acme;
select is(count(*) filter (where substr(before ->> 'path', 2)::int + substr(after ->> 'path', 2)::int = 501), 500::bigint, 'also when keys change')
from pg_temp.entries();
delete from fleet.site where tenant_id = :acme and name like '%9';
select results_eq($$select count(*), bool_and(after is null and before ->> 'path' is not null) from pg_temp.entries()$$, $$values (50::bigint, true)$$, 'a deleted row has its entry');
insert into fleet.site (tenant_id, path, name) values (:acme, 'x', 'X'), (:globex, 'x', 'Y');
select results_eq($$select object_key ->> 'name' from audit.entry e, seen s where e.entry_id > s.entry_id order by e.entry_id$$, $$values ('X'), ('Y')$$, 'rows of two tenants');
select is((select count(*) from pg_temp.entries('globex')), 1::bigint, 'each in its own trail');
insert into fleet.site (tenant_id, path, name) values (:acme, 'x', 'X') on conflict (tenant_id, path) do update set name = 'Z' where false;
select is((select count(*) from pg_temp.entries()), 0::bigint, 'a statement without a row makes no entry');
merge into fleet.site s using (values ('x'::public.ltree, 'XX'), ('y', 'YY')) v (path, name) on s.tenant_id = :acme and s.path = v.path
when matched then update set name = v.name when not matched then insert (tenant_id, path, name) values (:acme, v.path, v.name);
select results_eq($$select operation, after ->> 'name' from pg_temp.entries() order by operation, 2$$, $$values ('insert', null), ('update', 'XX')$$, 'merge does both');

-- People: addresses may have to be forgotten where the trail cannot be.
insert into alerting.person (tenant_id, name, display_name, subject, time_zone) values (:acme, 'ada', 'Ada L', 'ada', 'UTC') returning person_id \gset
insert into alerting.contact_method (tenant_id, person_id, channel_id, address) select :acme, :person_id, channel_id, 'ada@example.com' from alerting.channel where tenant_id = :acme;
select is(count(*), 0::bigint, 'the trail holds no contact address and no full name') from pg_temp.entries() e where e.after::text ~ 'example.com|Ada L';
insert into auth.api_key (tenant_id, name, prefix, key_sha256, scope, created_by) values (:acme, 'gateway', 'vk_abc', '\x1234', 'ingest', 'anna');
select results_eq($$select after ->> 'key_sha256', after ->> 'prefix' from pg_temp.entries()$$, $$values ('***', 'vk_abc')$$, 'nor the hash of a key');
update auth.api_key set last_used_at = now() where tenant_id = :acme;
select is((select count(*) from pg_temp.entries()), 0::bigint, 'that a key was used is no change');

-- Rows of no tenant, and tenants that go.
update ops.retention_policy set reason = 'because' where tenant_id is null and object = 'audit';
select is((select count(*) from audit.entry e, seen s where e.entry_id > s.entry_id), 0::bigint, 'what is nobody''s has no trail as long as there is no tenant named platform');
insert into fleet.tenant (name, display_name) select 'platform', 'Platform' where not exists (select from fleet.tenant where name = 'platform');
select pg_temp.entries('platform') \g /dev/null
update ops.retention_policy set reason = 'default' where tenant_id is null and object = 'audit';
insert into auth.account (email, display_name, password_hash) values ('ada@example.com', 'Ada L', '$argon2id$v=19$x');
create temp table nobody as select * from pg_temp.entries('platform');
select results_eq($$select object, after -> 'reason', after -> 'email', after -> 'password_hash' from nobody order by entry_id$$,
  $$values ('ops.retention_policy', '"default"'::jsonb, null::jsonb, null), ('auth.account', null, '"***"', '"***"'::jsonb)$$, 'and is in that tenant''s from then on');
delete from fleet.tenant where tenant_id = :globex;
select results_eq($$select operation, object, object_key ->> 'name' from pg_temp.entries('platform')$$, $$values ('delete', 'fleet.tenant', 'globex')$$, 'so is the end of a tenant, which takes its own trail along');
select is(count(*), 0::bigint, 'nothing is left of that') from audit.entry where tenant_id = :globex;
truncate alerting.silence;
select results_eq($$select operation, object from pg_temp.entries()$$, $$values ('truncate', 'alerting.silence')$$, 'a table that is emptied is noted in every trail');

-- More rows than are written at once, and rows that no parser likes.
insert into fleet.device (tenant_id, external_id, name) select :acme, 'many-' || n, 'Many' from generate_series(1, 600) n;
select results_eq($$select count(*), count(distinct object_key ->> 'external_id'), bool_and(object_key ->> 'external_id' ~ '^many-') from pg_temp.entries()$$, $$values (600::bigint, 600::bigint, true)$$, 'an entry for each row of a large statement');
update fleet.device set model = 'M' || substr(external_id, 6) where tenant_id = :acme and external_id like 'many-%' and external_id not like '%0';
select results_eq($$select count(*), bool_and(after ->> 'model' = 'M' || substr(object_key ->> 'external_id', 6)), bool_and(before = '{"model": null}') from pg_temp.entries()$$,
  $$values (540::bigint, true, true)$$, 'each with its own change');
delete from fleet.device where tenant_id = :acme and external_id like 'many-%';
select results_eq($$select count(*), bool_and(operation = 'delete' and after is null), count(before ->> 'model') from pg_temp.entries()$$, $$values (600::bigint, true, 540::bigint)$$, 'and what was there when it went');
update fleet.device set attributes = jsonb_build_object('deep', (repeat('[', 300) || '{"password": "hunter2"}' || repeat(']', 300))::jsonb) where tenant_id = :acme;
select is(count(*) filter (where after::text ~ 'hunter2') || ' of ' || count(*), '0 of 1', 'what is nested too deep to be read is on record without being shown') from pg_temp.entries();
update fleet.device set attributes = '{"café \"x\"": "\ud83d\udd25", "n": 1e400, "text": "{\"token\": 1}"}' where tenant_id = :acme;
select is(after -> 'attributes', '{"café \"x\"": "\ud83d\udd25", "n": 1e400, "text": "{\"token\": 1}"}', 'names, numbers and texts of any kind stay as they are') from pg_temp.entries();

-- The pipeline makes none.
set local session authorization vigil_jobs;
update fleet.tenant set active = true;
insert into alerting.silence (tenant_id, kind, matchers, reason, starts_at, ends_at, created_by)
values (:acme, 'silence', '[{"label": "site", "op": "=", "value": "x"}]', 'job', now(), now() + interval '1 hour', 'job');
reset session authorization;
select is((select count(*) from pg_temp.entries()), 0::bigint, 'jobs make no entries of rows');

-- Reads of personal data, and what may be in a call's answer.
select audit.record(:acme, 'read_personal_data', '{"person": "ada"}') \gset
select results_eq($$select operation, object, detail from pg_temp.entries()$$, $$values ('read', 'read_personal_data', '{"person": "ada"}'::jsonb)$$, 'a read is told from a call by its name');
select audit.record(:acme, 'create_api_key', '{"name": "gateway", "key": "vk_abc.secret"}') \gset
select is(detail, '{"name": "gateway", "key": "***"}', 'a key that is answered once is not in the trail') from pg_temp.entries();
select audit.record(:acme, 'export', jsonb_build_object('x', repeat('x', 5000))) \gset
select is(detail, null, 'a long answer is left out') from pg_temp.entries();

-- Rights.
select is(pg_temp.ask('tenant_admin', 'anna', $$select count(*) > 10 from api.audit_entries where object = 'fleet.device' or operation = 'insert'$$), 'true', 'an admin reads the trail by object and operation');
select matches(pg_temp.ask('operator', 'anna', $$select count(*) from api.audit_entries$$), '^42501', 'nobody else does');
select throws_ok($$update audit.entry set actor = 'mallory'$$, '55000', 'the audit trail is append-only', 'entries cannot be changed');
select throws_ok($$delete from audit.entry$$, '55000', 'the audit trail is append-only', 'nor deleted');
select throws_ok($$truncate audit.entry$$, '55000', 'the audit trail is append-only', 'nor all at once');
select is(array(select a.rolname || ' ' || p from pg_roles a, unnest('{INSERT,UPDATE}'::text[]) p where a.rolname in ('anon', 'viewer', 'analyst', 'operator', 'tenant_admin', 'platform_admin', 'vigil_api', 'bi_reader', 'vigil_worker')
  and has_any_column_privilege(a.oid, 'audit.entry', p)), '{}', 'no role of requests, logins or the worker writes into it but through audit.record and the triggers');

select * from finish();
rollback;
