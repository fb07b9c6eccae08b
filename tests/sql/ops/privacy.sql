-- Personal data: who sees it, what is given out, and what is left after it is erased.
begin;
set local client_min_messages = warning;
select plan(42);
\ir ../support/refusal.psql
\ir ../support/names.psql
\ir ../support/requests.psql
select ops.create_tenant('acme', 'Acme') as acme, ops.create_tenant('other', 'Other') as other \gset
select fleet.create_profile(:acme, 'van', '["speed", "latitude", "longitude", {"name": "driver", "personal": true}]') as van,
  fleet.create_profile(:acme, 'pump', '["pressure"]') as pump \gset
select fleet.open_stream(:acme, 'van-1', 'van') as v1, fleet.open_stream(:acme, 'van-2', 'van') as v2, fleet.open_stream(:acme, 'pump-1', 'pump') as p1 \gset
update fleet.device set name = 'Van of Ann', attributes = '{"owner": "Ann Acme", "location": "Berlin", "floor": 2}' where tenant_id = :acme and external_id = 'van-1';
insert into fleet.reading (tenant_id, stream_id, ts, values)
select :acme, s, '2026-01-01 00:00Z'::timestamptz + n * interval '1 minute', array[n, 52.5, 13.4, 7] from unnest(array[:v1, :v2]) s, generate_series(1, 20) n;
insert into fleet.reading (tenant_id, stream_id, ts, values) values (:acme, :p1, '2026-01-01 00:00Z', '{1}');
insert into alerting.channel (tenant_id, name, kind, config) values (:acme, 'mail', 'email', '{"host": "mail.example.com", "port": 587, "tls": "starttls", "from": "vigil@example.com"}');
insert into auth.account (email, display_name) values ('ann@acme.example', 'Ann Acme') returning account_id as ann \gset
insert into auth.membership (tenant_id, account_id, role, created_by) values (:acme, :'ann', 'operator', 'test');
insert into alerting.person (tenant_id, name, display_name, subject) values (:acme, 'ann', 'Ann Acme', :'ann') returning person_id \gset
insert into alerting.contact_method (tenant_id, person_id, channel_id, address) select :acme, :person_id, c.channel_id, 'ann@acme.example' from alerting.channel c where c.tenant_id = :acme;
insert into alerting.silence (tenant_id, matchers, reason, ends_at, created_by) values (:acme, '[{"label": "site", "op": "=", "value": "x"}]', 'Ann Acme is on it', now() + interval '1 day', :'ann');
insert into alerting.incident (tenant_id, group_key, policy, severity, title, state, acknowledged_by, acknowledged_at)
values (:acme, 'x', '{"name": "p", "steps": []}', 'high', 'van-1 is silent', 'acknowledged', 'Ann Acme (link)', now()) returning incident_id \gset
insert into alerting.incident_event (tenant_id, incident_id, actor, kind, detail) values (:acme, :incident_id, 'vigil', 'told', '{"person": "ann", "address": "ann@acme.example"}');

-- Who sees it.
create function pg_temp.seen(role text, statement text) returns jsonb language sql as $$ select pg_temp.asked('acme', role, statement) $$;
select is(fleet.without('{1,2,3}', '{2}'), '{1,null,3}'::float8[], 'a vector without some elements');
select is(auth.masked(v), w, format('%s is shown as %s', v, w)) from (values ('Ann Acme', 'A…'), ('ann@acme.example', 'a…@acme.example'), ('+4915112345678', '…78')) x (v, w);
select is((select personal from fleet.profile where profile_id = :van and tenant_id = :acme), '{2,3,4}'::int[], 'latitude and longitude are personal, and what is said to be');
select is(pg_temp.seen(r, $$select values from api.readings where device = 'van-1' and ts = '2026-01-01 00:01Z'$$), '[{"values": [1, null, null, null]}]', format('a %s sees no place in readings', r)) from unnest('{viewer,analyst,platform_admin}'::text[]) r;
select is(pg_temp.seen(r, $$select values from api.readings where device = 'van-1' and ts = '2026-01-01 00:01Z'$$), '[{"values": [1, 52.5, 13.4, 7]}]', format('a %s does', r)) from unnest('{operator,tenant_admin}'::text[]) r;
select is(pg_temp.seen('viewer', $$select metric, value from api.telemetry where device = 'van-1' and ts = '2026-01-01 00:01Z' and metric in ('speed', 'latitude') order by 1$$), '[{"metric": "latitude", "value": null}, {"metric": "speed", "value": 1}]', 'nor in telemetry');
select is(pg_temp.seen('viewer', $$select metric, value from api.latest where device = 'van-1' and metric in ('speed', 'latitude') order by 1$$), '[{"metric": "latitude", "value": null}, {"metric": "speed", "value": 20}]', 'nor in the latest values');
select is(pg_temp.seen('viewer', $$select n, average from api.series('van-1', 'latitude', '2026-01-01', '2026-01-02', '1 day')$$), '[{"n": 20, "average": null}]', 'nor in series');
select is(pg_temp.seen('operator', $$select n, average from api.series('van-1', 'latitude', '2026-01-01', '2026-01-02', '1 day')$$), '[{"n": 20, "average": 52.5}]', 'which operators do');
select is((pg_temp.seen('viewer', $$select api.export('van') as answer$$) -> 0 ->> 'answer') like '%van-1,van,2026-01-01T00:01:00.000000Z,1,,,%', true, 'nor in the export');
select is(pg_temp.seen('viewer', $$select attributes from api.devices where device = 'van-1'$$), '[{"attributes": {"floor": 2}}]', 'nor who has a device');
select is(pg_temp.seen('operator', $$select attributes ->> 'owner' as owner from api.devices where device = 'van-1'$$), '[{"owner": "Ann Acme"}]', 'which operators do');
select is(pg_temp.seen('viewer', $$select name, display_name from api.people$$), '[{"name": "ann", "display_name": "A…"}]', 'nor what people are called');
select is(pg_temp.seen('platform_admin', $$select person, subject, methods from api.contacts$$), '[{"person": "ann", "methods": null, "subject": null}]', 'staff of the platform sees no addresses');
update fleet.metric set personal = false where tenant_id = :acme and name = 'latitude';
select is(pg_temp.seen('viewer', $$select values from api.readings where device = 'van-1' and ts = '2026-01-01 00:01Z'$$), '[{"values": [1, 52.5, null, null]}]', 'a DBA may decide otherwise');

-- Staff that needs to see it says why.
select is(pg_temp.seen('tenant_admin', $$select api.reveal_personal_data('person', 'ann', 'support case 4711')$$) #>> '{}', '42501: permission denied for function reveal_personal_data', 'that is for staff');
select is(pg_temp.seen('platform_admin', $$select api.reveal_personal_data('person', 'ann', 'why not')$$) #>> '{}', '22023: the reason has fewer than 10 or more than 1000 characters (Say why it is needed, such as the number of the support case. The tenant''s admins read it.)', 'for a reason');
select is(pg_temp.seen('platform_admin', $$select x ->> 'display_name' as name, x -> 'methods' -> 0 ->> 'address' as address from api.reveal_personal_data('person', 'ann', 'support case 4711') x$$), '[{"name": "Ann Acme", "address": "ann@acme.example"}]', 'then it is shown');
select is(pg_temp.seen('platform_admin', $$select x -> 'attributes' ->> 'owner' as owner from api.reveal_personal_data('device', 'van-1', 'support case 4711') x$$), '[{"owner": "Ann Acme"}]', 'of a device, too');
select is((select count(*) from audit.entry where tenant_id = :acme and action = 'read_personal_data' and detail ->> 'reason' = 'support case 4711'), 2::bigint, 'and the trail has it');

-- Everything about somebody.
select matches(pg_temp.seen('platform_admin', $$select api.export_person('ann')$$) #>> '{}', '^42501: permission denied for whoever may not see personal data', 'staff does not take everything');
select is(pg_temp.seen('tenant_admin', $$select api.export_person('nobody')$$) #>> '{}', 'PT404: there is no person "nobody" (GET /people lists them.)', 'of nobody there is nothing');
create temp table given as select (pg_temp.seen('tenant_admin', $$select api.export_person('ann') as answer$$)) -> 0 -> 'answer' as x;
select is((select x -> 'account' ->> 'email' from given), 'ann@acme.example', 'the account');
select is((select array_agg(k order by k) from given, jsonb_object_keys(x -> 'tables') k where k ~ '^alerting'), '{alerting.contact_method,alerting.incident,alerting.person,alerting.silence}', 'rows that refer to them and rows that name them');
select is((pg_temp.seen('tenant_admin', $$select x -> 'rows' -> 'fleet.reading' as readings, x ->> 'device' as device from api.export_device('van-1') x$$)), '[{"device": "van-1", "readings": 20}]', 'everything about a device');

-- Erased.
select ops.place_hold('acme', 'court') as hold \gset
select is(pg_temp.seen('tenant_admin', $$select api.erase_person('ann')$$) #>> '{}', format('PT409: legal hold %s keeps these data (Erase them when a DBA has released the hold.)', :'hold'), 'not under a legal hold');
select is(pg_temp.seen('tenant_admin', $$select api.erase_device('van-1')$$) #>> '{}', format('PT409: legal hold %s keeps these data (Erase them when a DBA has released the hold.)', :'hold'), 'neither a device');
select ops.release_hold(:acme, :hold) \g /dev/null
select is(pg_temp.seen('tenant_admin', $$select x ->> 'account' as account, x ->> 'pseudonym' as pseudonym from api.erase_person('ann') x$$), format('[{"account": "account", "pseudonym": "erased-%s"}]', :person_id)::jsonb, 'a person is erased');
select is((select count(*) from auth.account where account_id = :'ann'), 0::bigint, 'the account is gone');
select results_eq(format('select display_name, subject, active from alerting.person where person_id = %s', :person_id), format($$values ('erased-%s', null::text, false)$$, :person_id), 'the person has a pseudonym');
select results_eq(format($$select s.reason, s.created_by, i.acknowledged_by, e.detail ->> 'person', e.detail ->> 'address' from alerting.silence s, alerting.incident i, alerting.incident_event e
  where s.tenant_id = %1$s and i.tenant_id = %1$s and e.tenant_id = %1$s and e.kind = 'told'$$, :'acme'), format($$values ('erased-%1$s is on it', 'erased-%1$s', 'erased-%1$s', 'erased-%1$s', 'erased-%1$s')$$, :person_id), 'wherever they were named');

-- A device, also in files.
insert into ops.archive_manifest (tenant_id, profile_id, policy_id, range_start, range_end, part, stream_ids, path)
values (:acme, :van, 0, '2026-01-01', '2026-01-02', 1, array[:v1, :v2], format('readings/tenant=%s/both.parquet', :acme)), (:acme, :van, 0, '2026-01-01', '2026-01-02', 2, array[:v1], format('readings/tenant=%s/one.parquet', :acme));
select ops.write_archive(tenant_id, archive_id), ops.verify_archive(tenant_id, archive_id) from ops.archive_manifest where tenant_id = :acme \g /dev/null
update ops.archive_manifest set state = 'dropped', dropped_at = now() where tenant_id = :acme;
select is(pg_temp.seen('tenant_admin', $$select x -> 'archives_rewritten' as rewritten, x -> 'archives_removed' as removed, x -> 'rows' -> 'fleet.reading' as readings from api.erase_device('van-1') x$$), '[{"removed": 1, "readings": 20, "rewritten": 1}]', 'a device is erased');
select results_eq(format($$select r.device, count(*) from ops.archive_manifest m cross join lateral vigil.parquet_rows(vigil_platform.archive_read(m.path)) r where m.tenant_id = %s and m.state <> 'removed' group by 1$$, :'acme'), $$values ('van-2', 20::bigint)$$, 'the files that are left hold the others'' readings');
select is((select bool_and(h.sha256 = m.sha256 and m.row_count = 20) from ops.archive_manifest m cross join lateral vigil_platform.archive_hash(m.path) h where m.tenant_id = :acme and m.state <> 'removed'), true, 'and are what the manifest says');
select is((select count(*) from fleet.reading where tenant_id = :acme and stream_id = :v1), 0::bigint, 'no reading is left');
select is((select title from alerting.incident where tenant_id = :acme and incident_id = :incident_id), (select format('erased-device-%s is silent', min(substring(title, 'erased-device-(\d+)'))) from alerting.incident where tenant_id = :acme), 'incidents speak of a device that nobody knows');
select is(ops.sweep_archives() >= 2, true, 'the old files are unlinked');
select count(vigil_platform.archive_remove(p)) from ops.files_of_tenant(:acme, 'acme') p \g /dev/null

select * from finish();
rollback;
