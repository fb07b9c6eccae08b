-- Tenants are made, shut out, let in again and deleted with proof.
begin;
set local client_min_messages = warning;
select plan(47);
\ir ../support/refusal.psql
\ir ../support/names.psql
\ir ../support/requests.psql
insert into fleet.tenant (name, display_name) values ('platform', 'Platform') on conflict do nothing;
select ops.create_tenant('acme', 'Acme', 'standard') as acme, ops.create_tenant('other', 'Other') as other \gset

-- Made.
select results_eq($$select plan_name, active from fleet.tenant where name in ('acme', 'other') order by name$$, $$values ('standard', true), ('unlimited', true)$$, 'a tenant has the plan that is said, else no limits');
select is(pg_temp.refusal($$select ops.create_tenant('acme', 'Again')$$), '23505: there is a tenant "acme" already (Choose another name; one that is being deleted is free when that is done.)', 'a name is taken once');
select is(pg_temp.refusal($$select ops.create_tenant('Acme Inc', 'Acme')$$), '22023: the name of the tenant is not usable (Up to 63 lower-case letters, digits, - and _, a letter first.)', 'and is one');
select is(pg_temp.refusal($$select ops.create_tenant('third', 'Third', 'gold')$$), '42704: there is no plan "gold" (They are in ops.plan.)', 'a plan is one that there is');
select is(pg_temp.refusal($$select ops.set_plan('acme', 'gold')$$), '42704: there is no plan "gold" (They are in ops.plan.)', 'also later');
select is(pg_temp.refusal($$select ops.suspend_tenant('nobody', 'x')$$), '42704: there is no tenant "nobody" (A DBA finds them in fleet.tenant, platform staff at GET /tenants.)', 'who is not there cannot be suspended');

-- Suspended.
select is(pg_temp.refusal($$select ops.suspend_tenant('acme', ' ')$$), '22023: the reason is empty or longer than 1000 characters (Say in a sentence why; the tenant''s people ask.)', 'suspension has a reason');
select is(pg_temp.refusal($$select ops.suspend_tenant('platform', 'x')$$), '55000: the tenant of the platform itself cannot be suspended (Its people run the others. Deactivate accounts instead.)', 'the platform''s own tenant cannot be suspended');
select ops.suspend_tenant('acme', 'unpaid') \g /dev/null
select results_eq($$select active, suspended_at is not null, suspended_because from fleet.tenant where name = 'acme'$$, $$values (false, true, 'unpaid')$$, 'it is shut, with time and reason');
select fleet.create_profile(:acme, 'pump', '["pressure"]') as pump, fleet.open_stream(:acme, 'p-1', 'pump') as p1 \gset
create temp table import_line (line_no bigint, line text);
select is(pg_temp.refusal($$select fleet.import_lines('acme', 'pump', 'p-1', 'ts,pressure')$$), '55000: tenant "acme" is suspended (Nothing is taken in for it. select ops.resume_tenant(''name'') lets it in again.)', 'imports are refused');
select is((select count(*) from audit.entry where tenant_id = :acme and action = 'suspend_tenant'), 1::bigint, 'its trail says so');
select ops.suspend_tenant('acme', 'still unpaid'), ops.resume_tenant('acme') \g /dev/null
select results_eq($$select active, suspended_at, suspended_because from fleet.tenant where name = 'acme'$$, $$values (true, null::timestamptz, null::text)$$, 'it is let in again');
select throws_like($$update fleet.tenant set suspended_at = now() where name = 'acme'$$, '%suspended_is_not_active%', 'what is suspended is not active');

-- Who may, over the API.
select is(pg_temp.asked('platform', r, $$select api.suspend_tenant('acme', 'x')$$), to_jsonb('42501: permission denied for function suspend_tenant'::text), format('a %s may not', r)) from unnest('{viewer,analyst,operator,tenant_admin}'::text[]) r;
select is(pg_temp.asked('acme', 'platform_admin', format('select api.%s', f)), to_jsonb('42501: this is for the platform''s staff (Use a token of role platform_admin in the tenant "platform"; POST /rpc/switch_tenant leads back there.)'::text), format('staff that is in another tenant may not: %s', f))
from unnest(array['create_tenant(''x'')', 'suspend_tenant(''acme'', ''x'')', 'resume_tenant(''acme'')', 'set_plan(''acme'', ''free'')', 'request_tenant_export(''acme'')', 'delete_tenant(''acme'', ''acme'')']) f;
select is(pg_temp.asked('acme', 'platform_admin', format('select * from api.%s', v)) #>> '{}', '42501: this is for the platform''s staff (Use a token of role platform_admin in the tenant "platform"; POST /rpc/switch_tenant leads back there.)', format('nor read %s', v)) from unnest('{tenants,tenant_exports,tenant_deletions}'::text[]) v;
select is(pg_temp.asked('platform', 'platform_admin', $$select api.create_tenant('fourth', plan => 'free') as answer$$), '[{"answer": {"tenant": "fourth"}}]', 'staff in the platform''s own tenant may');
select is(pg_temp.asked('platform', 'platform_admin', $$select tenant, plan, active from api.tenants where tenant = 'fourth'$$), '[{"tenant": "fourth", "plan": "free", "active": true}]', 'and sees them all');
select is(pg_temp.asked('platform', 'platform_admin', $$select api.suspend_tenant('platform', 'x')$$) #>> '{}', 'PT409: the tenant of the platform itself cannot be suspended (Its people run the others. Deactivate accounts instead.)', 'a conflict is none of the server''s faults');

-- Deleted.
insert into fleet.reading (tenant_id, stream_id, ts, values) select :acme, :p1, '2026-01-01 00:00Z'::timestamptz + n * interval '1 hour', '{1}' from generate_series(1, 60) n;
insert into auth.account (email, display_name) values ('only@acme.example', 'Only'), ('both@acme.example', 'Both');
insert into auth.membership (tenant_id, account_id, role, created_by) select :acme, account_id, 'viewer', 'test' from auth.account where email like '%@acme.example'
union all select :other, account_id, 'viewer', 'test' from auth.account where email = 'both@acme.example';
select vigil_platform.archive_write(format('readings/tenant=%s/lost.parquet', :'acme'), 'x'), vigil_platform.archive_write('exports/acme/old/manifest.json', 'x') \g /dev/null
select auth.make_login(format('bi_%s_sales', :'acme'), 'bi', auth.scram_verifier('secret', '\x00'), null) \g /dev/null
insert into auth.login (login_name, tenant_id, kind, name) values (format('bi_%s_sales', :'acme'), :acme, 'bi', 'sales');
select is(pg_temp.refusal($$select ops.delete_tenant('acme', 'other')$$), '22023: the deletion is not confirmed (Repeat the tenant''s name in "confirm". What is deleted does not come back.)', 'deletion is confirmed by the name');
select is(pg_temp.refusal($$select ops.delete_tenant('platform', 'platform')$$), '55000: the tenant of the platform itself cannot be deleted (Its people run the others.)', 'the platform''s own tenant cannot be deleted');
select ops.place_hold('acme', 'court') as hold \gset
select is(pg_temp.refusal($$select ops.delete_tenant('acme', 'acme')$$), format('55000: legal hold %s keeps data of tenant "acme" (Delete it when a DBA has released the hold: ops.release_hold(%s, %1$s).)', :'hold', :'acme'), 'a legal hold prevents it');
select ops.release_hold(:acme, :hold) \g /dev/null
select ops.delete_tenant('acme', 'acme') as certificate \gset
select is(ops.delete_tenant('acme', 'acme'), :certificate::bigint, 'asking twice asks once');
select is(pg_temp.refusal($$select ops.resume_tenant('acme')$$), '55000: tenant "acme" is being deleted (Deletion cannot be undone; make a new tenant.)', 'it does not come back');
select ops.place_hold('acme', 'court again') as hold \gset
select is(pg_temp.refusal(format('select ops.delete_step(%s)', :'acme')), format('55000: legal hold %s keeps data of the tenant (The deletion goes on when a DBA has released the hold.)', :'hold'), 'a hold that is placed meanwhile stops it');
select ops.release_hold(:acme, :hold) \g /dev/null
select is(ops.delete_step(:acme), true, 'first it is counted');
select results_eq(format($$select state, (rows_before ->> 'fleet.reading')::int, files_before, logins from ops.deletion_certificate where tenant_id = %s$$, :'acme'),
  format($$values ('counted', 60, 2::bigint, array['bi_%s_sales'])$$, :'acme'), 'rows, files, and its SQL logins end');
select is((select count(*) from pg_roles where rolname = format('bi_%s_sales', :'acme')), 0::bigint, 'they are dropped');
select is(ops.delete_step(:acme), true, 'then readings and files go');
select results_eq(format($$select (select count(*) from fleet.reading where tenant_id = %1$s), (select count(*) from ops.files_of_tenant(%1$s, 'acme'))$$, :'acme'), 'values (0::bigint, 0::bigint)', 'all of them');
select is(ops.delete_step(:acme), true, 'then the rest');
select is((select count(*) from fleet.tenant where name = 'acme'), 0::bigint, 'the tenant itself too');
select results_eq($$select email from auth.account where email like '%@acme.example'$$, $$values ('both@acme.example')$$, 'accounts that work nowhere else are deleted');
select is(ops.delete_step(:acme), false, 'then it is counted again and certified');
select is(ops.delete_step(:acme), false, 'and nothing is left to do');
select results_eq(format($$select c.state, c.rows_after, c.files_after, k.claims ->> 'typ', k.claims ->> 'tenant', (k.claims -> 'rows_before' ->> 'fleet.reading')::int, k.claims ? 'aud'
  from ops.deletion_certificate c cross join lateral (select vigil_platform.verify_token(c.signed, jsonb_build_array(vigil_platform.signing_public_key()))) k (claims) where c.tenant_id = %s$$, :'acme'),
  $$values ('certified', 0::bigint, 0::bigint, 'deletion-certificate', 'acme', 60, false)$$, 'the certificate is signed, says what there was, and opens nothing');
select is(pg_temp.refusal(format('select auth.sign_certificate(%s, %s)', :'acme', :'certificate')), '55000: there is nothing to certify (A deletion is certified once nothing is left.)', 'nothing else can be had signed');

select * from finish();
rollback;
