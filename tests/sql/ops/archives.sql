-- Readings past the hot tier: into files, out of the database, and back.
begin;
set local client_min_messages = warning;
select plan(57);
\ir ../support/refusal.psql
\ir ../support/names.psql
select ops.create_tenant('acme', 'Acme') as acme, ops.create_tenant('other', 'Other') as other \gset
select fleet.create_profile(:acme, 'pump', '[{"name": "pressure", "unit": "bar"}, "heat"]') as pump, fleet.create_profile(:acme, 'fan', '["speed"]') as fan,
  fleet.create_profile(:other, 'pump', '["pressure"]') as other_pump \gset
select fleet.open_stream(:acme, 'p-1', 'pump') as p1, fleet.open_stream(:acme, 'p-2', 'pump') as p2, fleet.open_stream(:acme, 'f-1', 'fan') as f1,
  fleet.open_stream(:other, 'o-1', 'pump') as o1 \gset
create function pg_temp.day(n int) returns timestamptz language sql as $$ select date_trunc('day', now(), 'UTC') - n * interval '1 day' $$;
insert into fleet.reading (tenant_id, stream_id, ts, values)
select x.t, x.s, pg_temp.day(d) + n * interval '1 hour', case when x.s in (:p1, :p2) then case n % 3 when 0 then array[n * 0.1::float8] when 1 then array[n, null] else array[null, 1 / (n + 1)::float8] end else array[n::float8] end
from (values (:acme, :p1), (:acme, :p2), (:acme, :f1), (:other, :o1)) as x (t, s), unnest('{40,25,20,15,5}'::int[]) d, generate_series(0, 23) n
where (x.t = :acme or d <> 20);
insert into ops.retention_policy (tenant_id, object, hot, cold, reason) values (:acme, 'readings', '10 days', '20 days', 'cold'), (:other, 'readings', '18 days', null, 'none');
create temp table original as select r.* from fleet.reading r where r.tenant_id = :acme;
create function pg_temp.plan() returns table (days_ago int, profile text, streams int, going bigint, held bigint)
language sql as $$
  select (date_trunc('day', now(), 'UTC')::date - p.range_start::date)::int, f.name, cardinality(p.stream_ids), p.row_count, p.held_rows
  from ops.archive_plan(pg_temp.tenant('acme')) p join fleet.profile f using (tenant_id, profile_id) order by 1 desc, 2, 4
$$;
create function pg_temp.files() returns table (days_ago int, profile text, state text)
language sql as $$
  select (date_trunc('day', now(), 'UTC')::date - m.range_start::date)::int, f.name, m.state
  from ops.archive_manifest m join fleet.profile f using (tenant_id, profile_id) where m.tenant_id = pg_temp.tenant('acme') order by 1 desc, 2, m.part
$$;
create function pg_temp.archive(days_ago int, profile text) returns bigint
language sql as $$
  select max(m.archive_id) from ops.archive_manifest m join fleet.profile f using (tenant_id, profile_id)
  where m.tenant_id = pg_temp.tenant('acme') and f.name = profile and m.range_start = pg_temp.day(days_ago)
$$;
create function pg_temp.make(days_ago int, profile text) returns boolean
language plpgsql as $$
begin
  perform ops.write_archive(pg_temp.tenant('acme'), pg_temp.archive(days_ago, profile));
  return ops.verify_archive(pg_temp.tenant('acme'), pg_temp.archive(days_ago, profile));
end $$;
create function pg_temp.hot(days_ago int) returns bigint language sql as $$
  select count(*) from fleet.reading r where r.tenant_id = pg_temp.tenant('acme') and r.ts >= pg_temp.day(days_ago) and r.ts < pg_temp.day(days_ago - 1)
$$;

insert into auth.login (login_name, tenant_id) values (session_user, :acme);

-- What is planned.
select results_eq('select * from pg_temp.plan()', $$values (40, 'fan', 1, 24::bigint, 0::bigint), (40, 'pump', 2, 48, 0), (25, 'fan', 1, 24, 0), (25, 'pump', 2, 48, 0),
  (20, 'fan', 1, 24, 0), (20, 'pump', 2, 48, 0), (15, 'fan', 1, 24, 0), (15, 'pump', 2, 48, 0)$$, 'what is past the hot tier goes to a file for each chunk and profile');
select is_empty(format('select * from ops.archive_plan(%s)', :other), 'where there is a cold tier');
select ok((select bool_and(bytes > 0) from ops.archive_plan(:acme)), 'with its share of the disk');
select results_eq('select distinct range_start from ops.archive_plan(of_range_start => pg_temp.day(20))', array[pg_temp.day(20)], 'one chunk can be asked for');
select results_eq('select distinct (date_trunc(''day'', now(), ''UTC'')::date - c.range_start::date)::int from ops.retention_plan(''readings'') p join timescaledb_information.chunks c on format(''%I.%I'', c.chunk_schema, c.chunk_name) = p.relation
  where p.tenant_id = pg_temp.tenant(''acme'')', array[40], 'while it is not in a file it stays until it is past both tiers');
select ops.place_hold('acme', 'inquiry', 'p-1', from_ts => pg_temp.day(20), to_ts => pg_temp.day(19) - interval '1 second') as hold \gset
select results_eq('select * from pg_temp.plan() where days_ago = 20', $$values (20, 'fan', 1, 24::bigint, 0::bigint), (20, 'pump', 0, 0, 24), (20, 'pump', 1, 24, 0)$$, 'what is held stays where it is');
update ops.retention_policy set enabled = false where tenant_id = :acme;
select is_empty('select * from pg_temp.plan()', 'a policy that is off moves nothing');
update ops.retention_policy set enabled = true where tenant_id = :acme;
delete from fleet.reading r where r.tenant_id = :acme and r.ts < pg_temp.day(39);
delete from original r where r.ts < pg_temp.day(39);
select is(ops.plan_archives(), 6::bigint, 'the plan is entered');
select is(ops.plan_archives(), 0::bigint, 'once');
select is_empty('select * from pg_temp.plan() where going > 0', 'what is entered is planned no more');
select results_eq('select * from pg_temp.files()', $$values (25, 'fan', 'planned'), (25, 'pump', 'planned'), (20, 'fan', 'planned'), (20, 'pump', 'planned'), (15, 'fan', 'planned'), (15, 'pump', 'planned')$$, 'a file each');
select ok((select bool_and(path ~ format('^readings/tenant=%s/profile=\d+/\d{4}-\d\d-\d\dt\d{6}z/part-1\.parquet$', :acme)) from ops.archive_manifest where tenant_id = :acme), 'below its tenant and profile');

-- Written and verified.
select is(ops.write_archive(:acme, pg_temp.archive(25, 'pump')), 48::bigint, 'a file holds its rows');
select is(ops.write_archive(:acme, pg_temp.archive(25, 'pump')), null, 'it is written once');
select results_eq(format('select state, row_count, from_ts, to_ts, octet_length(vigil_platform.archive_read(path))::bigint = bytes, encode(sha256(vigil_platform.archive_read(path)), ''hex'') = sha256 from ops.archive_manifest where archive_id = %s', pg_temp.archive(25, 'pump')),
  $$values ('written', 48::bigint, pg_temp.day(25), pg_temp.day(25) + interval '23 hours', true, true)$$, 'the manifest says what is in it');
select results_eq(format('select x.stream_id, x.ts, x.values from ops.archive_manifest m, vigil.parquet_rows(vigil_platform.archive_read(m.path)) x where m.archive_id = %s', pg_temp.archive(25, 'pump')),
  format('select o.stream_id, o.ts, o.values from original o where o.stream_id in (%s, %s) and o.ts >= pg_temp.day(25) and o.ts < pg_temp.day(24) order by 1, 2', :p1, :p2), 'to the last bit and width');
select is((select vigil.parquet_info(vigil_platform.archive_read(m.path))::text ~ 'pressure.*bar|bar.*pressure' from ops.archive_manifest m where m.archive_id = pg_temp.archive(25, 'pump')), true, 'with the profile''s contract');
select is((select m.profile_sha256 = encode(p.contract_sha256, 'hex') from ops.archive_manifest m join fleet.profile p using (tenant_id, profile_id) where m.archive_id = pg_temp.archive(25, 'pump')), true, 'and its hash');
select ok(ops.verify_archive(:acme, pg_temp.archive(25, 'pump')), 'it is verified');
select is(ops.verify_archive(:acme, pg_temp.archive(25, 'pump')), null, 'once');
select ok(pg_temp.make(25, 'fan') and pg_temp.make(20, 'fan') and pg_temp.make(20, 'pump') and pg_temp.make(15, 'pump'), 'so are the others');
select ops.write_archive(:acme, pg_temp.archive(15, 'fan')) \gset
select vigil_platform.archive_write(m.path, '\x50415231') from ops.archive_manifest m where m.archive_id = pg_temp.archive(15, 'fan') \gset
select ok(not ops.verify_archive(:acme, pg_temp.archive(15, 'fan')), 'one that is not what was written is not');
select is((select state from ops.archive_manifest where archive_id = pg_temp.archive(15, 'fan')), 'planned', 'and is to be written again');
select ok(pg_temp.make(15, 'fan'), 'which it is');

-- Out of the database.
select is(ops.drop_archived(pg_temp.day(25), now()), null, 'a chunk that others need stays');
select is(pg_temp.hot(25), 72::bigint, 'as it is');
select is(ops.delete_archived(:acme, pg_temp.archive(25, 'pump'), now()), 48::bigint, 'the rows of the file go from it');
select is(ops.delete_archived(:acme, pg_temp.archive(25, 'pump'), now()), null, 'once');
select is((select count(*) from fleet.reading r where r.tenant_id = :other and r.ts < pg_temp.day(24) and r.ts >= pg_temp.day(25)), 24::bigint, 'and nobody else''s');
update fleet.reading r set values = '{-1}' where r.tenant_id = :acme and r.stream_id = :f1 and r.ts = pg_temp.day(25);
select is(ops.delete_archived(:acme, pg_temp.archive(25, 'fan'), now()), 0::bigint, 'what has changed since stays');
select results_eq(format('select state from ops.archive_manifest where archive_id = %s', pg_temp.archive(25, 'fan')), array['planned'], 'and its file starts over');
select is(pg_temp.hot(25), 24::bigint, 'with every row still there');
select is(ops.drop_archived(pg_temp.day(20), now()), null, 'held rows keep their chunk');
select ops.release_hold(:acme, :hold) \gset
select is(ops.plan_archives(), 1::bigint, 'until they are released');
select ok(pg_temp.make(20, 'pump'), 'and have a file');
select results_eq($$select * from pg_temp.files() where days_ago = 20$$, $$values (20, 'fan', 'verified'), (20, 'pump', 'verified'), (20, 'pump', 'verified')$$, 'the second of that day');
insert into fleet.reading (tenant_id, stream_id, ts, values) values (:acme, :p1, pg_temp.day(20) + interval '1 minute', '{5}');
insert into original values (:acme, :p1, pg_temp.day(20) + interval '1 minute', '{5}');
select is(ops.drop_archived(pg_temp.day(20), now()), 0::bigint, 'a late reading makes the file that lacks it start over');
select ok(pg_temp.make(20, 'pump'), 'with it');
select is(ops.drop_archived(pg_temp.day(20), now()), 73::bigint, 'a chunk that is in files is dropped as a whole');
select is((select count(*) from timescaledb_information.chunks c where c.hypertable_name = 'reading' and c.range_start = pg_temp.day(20)), 0::bigint, 'by name');
select results_eq(format('select object, action, sum(row_count) from ops.retention_run where tenant_id = %s group by 1, 2', :acme), $$values ('readings', 'archive', 121::numeric)$$, 'which is on record');
select ok((select bool_and(bytes > 0 and from_ts is not null) from ops.retention_run where tenant_id = :acme), 'with size and time');
select ops.place_hold('acme', 'inquiry', 'p-2') as hold \gset
select is(ops.withdraw_archives(), 1::bigint, 'a hold that comes in time takes its rows out of the plan');
select results_eq($$select * from pg_temp.files() where days_ago = 15$$, $$values (15, 'fan', 'verified'), (15, 'pump', 'removed')$$, 'and its file is given up');

-- Back.
select matches(pg_temp.refusal(format($$select ops.restore_archive(%s, now(), now())$$, :acme)), '^22023: from must be before to', 'a range is a range');
select matches(pg_temp.refusal(format($$select ops.restore_archive(%s, now() - interval '1 day', now(), keep => '1 minute')$$, :acme)), '^22023: restored readings are kept', 'for a while');
select matches(pg_temp.refusal(format($$select ops.restore_archive(%s, now() - interval '1 day', now(), 'x-9')$$, :acme)), '^42704: device "x-9"', 'of a device there is');
select matches(pg_temp.refusal(format($$select ops.restore_archive(%s, now() - interval '1 day', now())$$, :acme)), '^42704: no archive has', 'and a time there is a file of');
select is((ops.restore_archive(:acme, pg_temp.day(20), pg_temp.day(19), 'p-1')).row_count, 25::bigint, 'one device''s readings come back');
select results_eq('select stream_id, ts, values from fleet.restored_reading order by 1, 2', format('select stream_id, ts, values from original where stream_id = %s and ts >= pg_temp.day(20) and ts < pg_temp.day(19) order by 1, 2', :p1), 'as they were');
select ops.restore_archive(:acme, pg_temp.day(30), now()) is not null as again \gset
select set_eq('select stream_id, ts, values from api.readings where ts < pg_temp.day(24) or ts >= pg_temp.day(20) and ts < pg_temp.day(19)',
  format('select stream_id, ts, case when stream_id = %s and ts = pg_temp.day(25) then ''{-1}'' else values end from original where ts < pg_temp.day(24) or ts >= pg_temp.day(20) and ts < pg_temp.day(19)', :f1), 'all come back, once');
insert into fleet.reading (tenant_id, stream_id, ts, values) values (:acme, :p1, pg_temp.day(20), '{null,8}');
select is((select count(*) from api.readings r where r.stream_id = :p1 and r.ts = pg_temp.day(20)), 1::bigint, 'a reading that comes late is there once');
update ops.archive_restore set expires_at = now() - interval '1 second' where tenant_id = :acme and device_id is null;
select ops.expire_restores() > 0 as expired \gset
select is((select count(*) from fleet.restored_reading where tenant_id = :acme), 24::bigint, 'copies go when their time is over, but for those that another restore keeps');
update ops.archive_restore set expires_at = now() - interval '1 second' where tenant_id = :acme;
select is(ops.expire_restores(), 24::bigint, 'until that is over, too');
select is((select count(*) from ops.archive_manifest where tenant_id = :acme and state = 'restored'), 0::bigint, 'and the files are as before');

-- Gone for good.
update ops.retention_policy set cold = '1 day' where tenant_id = :acme;
select ops.expire_archives(clock_timestamp()) as gone \gset
select results_eq($$select * from pg_temp.files() where days_ago = 20$$, $$values (20, 'fan', 'removed'), (20, 'pump', 'dropped'), (20, 'pump', 'removed')$$, 'files past the cold tier are given up, unless they are held');
select ok(ops.sweep_archives() >= 2 and not exists (
  select from ops.archive_manifest m join vigil_platform.archive_files('readings') f on f.path = m.path where m.tenant_id = :acme and m.state = 'removed'), 'and unlinked');
select * from finish();
rollback;
