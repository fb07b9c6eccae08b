-- Sources: rows of foreign tables become readings, each once, whatever comes late, fails or is refused.
-- Not in one transaction: the job commits.
select no_plan();
\ir ../support/sessions.psql
\ir ../support/refusal.psql
\ir ../support/names.psql
call pg_temp.pause_jobs();
create extension if not exists postgres_fdw schema tap;

-- The other database is this one, over a connection of its own.
create schema warehouse;
create schema incoming;
create table warehouse.status (
  "DeviceId" text, "TimeStamp" timestamp, "BatteryLevel" int, "SignalStrength" numeric, "Charging" boolean, "Model" text);
create table warehouse.value (dev int, at timestamptz, name text, val float8);
select format('create server warehouse foreign data wrapper postgres_fdw options (host %L, port %L, dbname %L)',
  btrim(split_part(current_setting('unix_socket_directories'), ',', 1)), current_setting('port'), current_database()) \gexec
create foreign table incoming.status (
  "DeviceId" text, "TimeStamp" timestamp, "BatteryLevel" int, "SignalStrength" numeric, "Charging" boolean, "Model" text)
  server warehouse options (schema_name 'warehouse', table_name 'status');
create foreign table incoming.value (dev int, at timestamptz, name text, val float8)
  server warehouse options (schema_name 'warehouse', table_name 'value');

select ops.create_tenant('src-a', 'A'), ops.create_tenant('src-b', 'B') \gset
update fleet.tenant set unknown_device = 'register' where name = 'src-a';
select fleet.create_profile(pg_temp.tenant(t), 'phone', '["battery", "signal", "charging"]') from unnest('{src-a,src-b}'::text[]) t \g /dev/null
-- Some readings are of fixed days.
insert into ops.retention_policy (tenant_id, object, hot, reason) select pg_temp.tenant('src-b'), 'readings', '100 years', 'test' \g /dev/null
select ops.add_webhook('src-a', 'hook', 'https://hooks.example.com/a', 'a') \gset
create function pg_temp.stored(tenant text) returns table (device text, ts timestamptz, "values" float8[])
language sql as $$
  select d.external_id, r.ts, r.values from fleet.reading r join fleet.stream st using (tenant_id, stream_id) join fleet.device d using (tenant_id, device_id)
  where r.tenant_id = pg_temp.tenant(tenant)
$$;
create function pg_temp.source(source text) returns fleet.source language sql as $$ select s from fleet.source s where s.name = source $$;
create function pg_temp.alerts() returns table (dedup_key text, state text, summary text)
language sql as $$ select a.dedup_key, a.state, a.summary from alerting.alert a join fleet.tenant t using (tenant_id) where t.name like 'src-_' order by a.alert_id $$;
create function pg_temp.rejected() returns table (source text, device text, code text, message text)
language sql as $$ select s.name, r.device, r.code, r.message from fleet.source_rejection r join fleet.source s using (tenant_id, source_id) order by 1, 2, 4 $$;
-- Runs the job as pg_cron does: as vigil_jobs, in a session of its own.
select pg_temp.session('scheduler', 'vigil_jobs') \gset
create function pg_temp.pull() returns text language sql as $$ select dblink_exec('scheduler', 'call ops.run(''sources'')') $$;
create function pg_temp.add(more text default '', name text default 'mdm') returns text language sql as $$
  select format($q$select ops.add_source('src-a', %L, 'phone', 'incoming.status', 'DeviceId', 'TimeStamp', '{"battery": "BatteryLevel", "signal": "SignalStrength", "charging": "Charging"}' %s)$q$, name, more)
$$;
select date_trunc('hour', now() at time zone 'UTC') - interval '1 day' as day \gset

-- Setting up.
select is(pg_temp.refusal(pg_temp.add()), '42501: permission denied for schema incoming', 'a source is read as the job reads it: it needs grants');
grant usage on schema incoming to vigil_jobs;
grant select on incoming.status, incoming.value to vigil_jobs;
select is(pg_temp.refusal(pg_temp.add()), '42704: user mapping not found for user "vigil_jobs", server "warehouse"', 'and a user mapping');
create user mapping for vigil_jobs server warehouse options (user 'postgres', password_required 'false');
select is(pg_temp.refusal(pg_temp.add()), 'accepted', 'then it is taken');
select is(pg_temp.refusal(replace(pg_temp.add(), '''src-a''', '''src-x''')), '42704: tenant "src-x" does not exist (select name from fleet.tenant lists the tenants.)', 'an unknown tenant');
select is(pg_temp.refusal(replace(pg_temp.add(), '''phone''', '''tablet''')), '42704: profile "tablet" does not exist (Create it with POST /rpc/create_profile or fleet.create_profile.)', 'an unknown profile');
select is(pg_temp.refusal(replace(pg_temp.add(), 'incoming.status', 'incoming.nothing')), '42P01: relation "incoming.nothing" does not exist', 'an unknown table');
select is(pg_temp.refusal(replace(pg_temp.add(), 'incoming.status', 'fleet.reading_pkey')), '42809: "fleet.reading_pkey" is not a table or view (Make it with create foreign table or import foreign schema, or point the source at another one.)', 'an index');
select is(pg_temp.refusal(replace(pg_temp.add(), '''DeviceId''', '''deviceid''')), '42703: incoming.status has no column "deviceid" for the device (Its columns are: Model, Charging, DeviceId, TimeStamp, BatteryLevel, SignalStrength.)', 'a column in other letters');
select is(pg_temp.refusal(replace(pg_temp.add(), '"BatteryLevel"', '"TimeStamp\" from s; drop table x; --"')), '42703: incoming.status has no column "TimeStamp" from s; drop table x; --" for the metric "battery" (Its columns are: Model, Charging, DeviceId, TimeStamp, BatteryLevel, SignalStrength.)', 'a column that is none');
select is(pg_temp.refusal(replace(pg_temp.add(), '"BatteryLevel"', '"Model"')), '42804: column "Model" of incoming.status for the metric "battery" is of type text (It must be a number or a boolean; declare it so in the foreign table, or cast it in a view and name that.)', 'text for a metric');
select is(pg_temp.refusal(replace(pg_temp.add(), '''TimeStamp''', '''Model''')), '42804: column "Model" of incoming.status for the time is of type text (It must be timestamp or timestamptz; declare it so in the foreign table, or cast it in a view and name that.)', 'text for a time');
select is(pg_temp.refusal(replace(pg_temp.add(), '"battery"', '"power"')), '42704: metric "power" is not in profile "phone" (Leave it out, append it to the profile, or let the tenant append: update fleet.tenant set unknown_metric = ''append''.)', 'a metric that the profile lacks');
select is(pg_temp.refusal(pg_temp.add(', metric_column => ''Model'', value_column => ''BatteryLevel''')), '22023: metrics, or metric_column and value_column, say where the values are (A wide table has a column for each metric: metrics => ''{"battery": "BatteryLevel"}''; a narrow one has a row for each value.)', 'wide and narrow');
select is(pg_temp.refusal($$select ops.add_source('src-a', 'mdm', 'phone', 'incoming.status', 'DeviceId', 'TimeStamp', '["battery"]')$$), '22023: metrics must be a JSON object with a column for each metric (Give metrics => ''{"battery": "BatteryLevel", "signal": "SignalStrength"}''.)', 'a list of metrics');
select alike(pg_temp.refusal(pg_temp.add(', batch_size => 0')), '23514: %batch_size_taken_at_once%', 'a batch takes at least one');
select alike(pg_temp.refusal(pg_temp.add(', overlap => ''-1 hour''')), '23514: %overlap_not_negative%', 'an overlap looks back');
select alike(pg_temp.refusal(pg_temp.add(name => 'two words')), '23514: %source_name_is_word%', 'a name is a word');
select is((select count(*) from fleet.source), 0::bigint, 'nothing is left of what was refused');

-- Batches of four: instants shared by devices, one with more rows than a batch, and a column time zone that is not ours.
set timezone = 'Asia/Tokyo';
insert into warehouse.status select 'd-' || d, :'day'::timestamp + n * interval '1 minute', 50 + n, -60.5 - d, n % 2 = 0, 'TC52'
from generate_series(1, 3) d, generate_series(0, 9) n;
insert into warehouse.status select 'tie-' || d, :'day'::timestamp + interval '5 minutes', d, null, null, 'TC52' from generate_series(1, 11) d;
select lives_ok(pg_temp.add(', batch_size => 4'), 'a source is added');
select is(pg_temp.refusal(pg_temp.add()), '42710: source "mdm" exists (Choose another name, or delete the one in fleet.source.)', 'once');
set timezone = 'UTC';
select is(pg_temp.pull(), 'CALL', 'the job runs');
create view pg_temp.due as
select "DeviceId" as device, "TimeStamp" at time zone 'UTC' as ts, array["BatteryLevel", "SignalStrength", "Charging"::int]::float8[] as values from warehouse.status;
select set_eq('select * from pg_temp.stored(''src-a'')', 'select * from pg_temp.due', 'every row of every instant is there, times read as UTC');
select results_eq($$select (s).rows_accepted, (s).rows_rejected, (s).watermark = (select max(ts) from pg_temp.due), (s).next_ts, (s).last_error from pg_temp.source('mdm') s$$,
  $$values (41::bigint, 0::bigint, true, null::timestamptz, null::text)$$, 'counted, and the watermark is the newest');
select cmp_ok((select max(b.accepted + b.duplicates) from fleet.ingest_batch b join fleet.tenant t using (tenant_id) where t.name = 'src-a'), '<=', 4, 'no transaction took more than a batch');
select is((select distinct b.correlation_id from fleet.ingest_batch b join fleet.tenant t using (tenant_id) where t.name = 'src-a'), 'source/mdm', 'each known by its source');
select results_eq($$select r.status, r.row_count from ops.job_run r where r.job_name = 'sources'$$, $$values ('ok', 41::bigint)$$, 'and one run');
select count(*) as changes from fleet.reading_change where tenant_id = pg_temp.tenant('src-a') \gset
select pg_temp.pull() \gset
select is((pg_temp.source('mdm')).rows_accepted, 41::bigint, 'pulled again nothing is new');
select is((select count(*) from fleet.reading_change where tenant_id = pg_temp.tenant('src-a')), :changes::bigint, 'and nothing is written');

-- Late rows, shuffled; within the overlap, and before it.
select setseed(0.5) \gset
insert into warehouse.status select 'd-1', :'day'::timestamp + interval '9 minutes' - n * interval '7 seconds', n, n, null, 'TC52' from generate_series(1, 59) n order by random();
select pg_temp.pull() \gset
select set_eq('select * from pg_temp.stored(''src-a'')', 'select * from pg_temp.due', 'late rows within the overlap are found, in whatever order they came');
update warehouse.status set "BatteryLevel" = 99 where "DeviceId" = 'd-3' and "TimeStamp" = :'day'::timestamp + interval '9 minutes';
select pg_temp.pull() \gset
select set_eq('select * from pg_temp.stored(''src-a'')', 'select * from pg_temp.due', 'and so are corrections');
insert into warehouse.status select 'd-2', :'day'::timestamp - n * interval '1 hour', n, n, true, 'TC52' from generate_series(2, 12) n;
select pg_temp.pull() \gset
select is((select count(*) from pg_temp.due except select count(*) from pg_temp.stored('src-a')), 111::bigint, 'what lies before it is not');

-- A backfill.
select is(pg_temp.refusal($$select ops.backfill_source('src-a', 'nope', '2026-01-01', '2026-02-01')$$), '42704: source "nope" of tenant "src-a" does not exist (Add it with ops.add_source; select name from fleet.source lists the sources.)', 'a backfill of nothing');
select is(pg_temp.refusal($$select ops.backfill_source('src-a', 'mdm', '2026-02-01', '2026-01-01')$$), '22023: from_ts must be before to_ts, and both finite (Give the range to pull, such as ''2026-01-01'', ''2026-02-01''.)', 'of a range that ends before it begins');
select watermark as mark from pg_temp.source('mdm') \gset
select ops.backfill_source('src-a', 'mdm', :'day'::timestamp at time zone 'UTC' - interval '12 hours', :'day'::timestamp at time zone 'UTC' - interval '1 hour') \gset
select is(pg_temp.refusal($$select ops.backfill_source('src-a', 'mdm', '2026-01-01', '2026-02-01')$$), '55006: a backfill of source "mdm" is under way (Wait until fleet.source.backfill_to is null again, or end it by setting backfill_to, backfill_ts and backfill_device to null.)', 'one at a time');
select pg_temp.pull() \gset
select set_eq('select * from pg_temp.stored(''src-a'')', 'select * from pg_temp.due', 'a backfill brings what lies before');
select results_eq($$select (s).backfill_to, (s).backfill_ts, (s).watermark from pg_temp.source('mdm') s$$, format('values (null::timestamptz, null::timestamptz, %L::timestamptz)', :'mark'), 'ends, and leaves the watermark alone');

-- Rows that are refused.
insert into warehouse.status values
  (null, :'day'::timestamp + interval '20 minutes', 1, 1, true, ''),
  ('d-1', :'day'::timestamp + interval '20 minutes', null, 'NaN', true, ''),
  ('d-2', :'day'::timestamp + interval '20 minutes', null, 1e200, true, ''),
  ('d-3', :'day'::timestamp + interval '20 minutes', null, null, null, ''),
  ('ahead', now() at time zone 'UTC' + interval '1 day', 1, 1, true, ''),
  ('good', :'day'::timestamp + interval '20 minutes', 1, 1, true, '');
select pg_temp.pull(), pg_temp.pull() \gset
select results_eq('select * from pg_temp.rejected()', $$values
  ('mdm', '', '22023', 'the reading names no device'),
  ('mdm', 'd-1', '22P02', 'metric "signal" must be a number or null, not string'),
  ('mdm', 'd-2', '22003', 'metric "signal" is out of range'),
  ('mdm', 'd-3', '22023', 'every metric of the reading is null')$$, 'each row that is refused is noted once, with why');
select results_eq($$select values from pg_temp.stored('src-a') where device = 'good'$$, $$values ('{1,1,1}'::float8[])$$, 'and costs no other');
select results_eq($$select (s).rows_rejected, (s).watermark < now() - interval '1 hour' from pg_temp.source('mdm') s$$, $$values (4::bigint, true)$$, 'counted; a clock that is ahead moves nothing');
delete from warehouse.status where "DeviceId" is null or "TimeStamp" = :'day'::timestamp + interval '20 minutes' and "DeviceId" like 'd-%' or "DeviceId" = 'ahead';

-- A narrow table, of a tenant that knows its devices; beside a source that fails.
select fleet.open_stream(pg_temp.tenant('src-b'), '1', 'phone') \gset
insert into warehouse.value select d, now() - interval '1 hour', m, d from generate_series(1, 2) d, unnest('{battery,signal,speed}'::text[]) m;
select ops.add_source('src-b', 'values', 'phone', 'incoming.value', 'dev', 'at', metric_column => 'name', value_column => 'val', batch_size => 2, overlap => '0') \gset
insert into warehouse.status values ('d-1', :'day'::timestamp + interval '30 minutes', 1, 2, null, '');
alter table warehouse.status rename to moved;
select watermark as mark from pg_temp.source('mdm') \gset
select pg_temp.pull() \gset
select set_eq('select device, values from pg_temp.stored(''src-b'')', $$values ('1', '{1,1,null}'::float8[])$$, 'values of one instant become one reading, though batches part them');
select results_eq($$select device, code from pg_temp.rejected() where source = 'values'$$, $$values ('1', '42704'), ('2', '42704')$$, 'unknown devices and metrics as the tenant has it');
select results_eq($$select (s).watermark, (s).last_error, (s).last_error_at is not null from pg_temp.source('mdm') s$$, format('values (%L::timestamptz, ''relation "warehouse.status" does not exist'', true)', :'mark'), 'the source that fails keeps its watermark and says why');
select results_eq('select * from pg_temp.alerts()', $$values ('source/mdm', 'open', 'Source "mdm" cannot be read (SQLSTATE 42P01)')$$, 'an alert is raised');
select alerting.run_escalations(pg_temp.tenant('src-a')) \gset
select is((select count(*) from alerting.notification where tenant_id = pg_temp.tenant('src-a')), 1::bigint, 'and somebody told');
select results_eq($$select status, error_code, message from ops.job_run where job_name = 'sources' and status <> 'ok'$$, $$values ('error', '42P01', 'source "mdm" cannot be read')$$, 'the run is recorded, without what only a DBA is to know');
select is((select last_message from ops.job where job_name = 'sources'), 'src-a: source "mdm": relation "warehouse.status" does not exist', 'and the job has failed');
select pg_temp.pull(), alerting.run_escalations(pg_temp.tenant('src-a')) \gset
select is((select count(*) from alerting.notification where tenant_id = pg_temp.tenant('src-a')), 1::bigint, 'once');
alter table warehouse.moved rename to status;
select pg_temp.pull() \gset
select set_eq('select * from pg_temp.stored(''src-a'')', 'select * from pg_temp.due', 'what came meanwhile is pulled when it can be read again');
select results_eq('select dedup_key, state from pg_temp.alerts()', $$values ('source/mdm', 'resolved')$$, 'the alert is resolved');
select is((pg_temp.source('mdm')).last_error, null, 'and the error gone');

-- A foreign table that is made anew, with a column less.
drop foreign table incoming.status;
select pg_temp.pull() \gset
select is((pg_temp.source('mdm')).last_error, 'foreign table "incoming.status" does not exist', 'a table that is gone');
create foreign table incoming.status ("DeviceId" text, "TimeStamp" timestamp, "BatteryLevel" int) server warehouse options (schema_name 'warehouse', table_name 'status');
grant select on incoming.status to vigil_jobs;
select pg_temp.pull() \gset
select is((pg_temp.source('mdm')).last_error, 'incoming.status has no column "Charging" for the metric "charging"', 'or lacks a column');
alter foreign table incoming.status add "Charging" boolean, add "SignalStrength" numeric;
select pg_temp.pull() \gset
select is((pg_temp.source('mdm')).last_error, null, 'is found again when it is back');

-- One device with more rows at one instant than a batch takes, and names of any kind.
truncate warehouse.value;
insert into warehouse.value select d, '2026-11-01', m, n from generate_series(1, 2) d, unnest('{battery,signal,charging}'::text[]) m, generate_series(1, 3) n;
update fleet.tenant set unknown_device = 'register' where name = 'src-b';
select fleet.create_profile(pg_temp.tenant('src-b'), 'tiny', '["battery", "signal", "charging"]') \gset
delete from fleet.source where name = 'values';
create view incoming.named with (security_invoker = true) as select case v.dev when 1 then 'ä "1",' else E'\u00fc' end as dev, v.at, v.name, v.val from incoming.value v;
grant select on incoming.named to vigil_jobs;
select ops.add_source('src-b', 'values', 'tiny', 'incoming.named', 'dev', 'at', metric_column => 'name', value_column => 'val', batch_size => 2, start => '2026-11-01', overlap => '1 day') \gset
select pg_temp.pull() \gset
select set_eq($$select device, ts from pg_temp.stored('src-b') where device <> '1'$$, $$values ('ä "1",', '2026-11-01'::timestamptz), (E'\u00fc', '2026-11-01')$$, 'an instant of one device with more rows than a batch is taken whole, through a view as well');
select results_eq($$select (s).rows_rejected, (s).next_ts from pg_temp.source('values') s$$, $$values (0::bigint, null::timestamptz)$$, 'to the end');
update fleet.source set enabled = false where name = 'values';
insert into warehouse.value values (1, '2026-11-02', 'battery', 1);
select pg_temp.pull() \gset
select is((select count(*) from pg_temp.stored('src-b') where ts = '2026-11-02'), 0::bigint, 'a source that is switched off rests');

-- At most so many rejections are kept.
truncate warehouse.value;
insert into warehouse.value select 1, '2026-11-03'::timestamptz + n * interval '1 second', 'speed', n from generate_series(1, 1300) n;
update fleet.source set enabled = true, batch_size = 1000 where name = 'values';
select pg_temp.pull() \gset
select results_eq($$select count(*), max(ts) from fleet.source_rejection r join fleet.source s using (tenant_id, source_id) where s.name = 'values'$$, $$values (1000::bigint, '2026-11-03'::timestamptz + interval '1300 seconds')$$, 'the latest rejections are kept');

select dblink_disconnect('scheduler') \gset
call pg_temp.remove('src-a', 'src-b');
drop schema incoming cascade;
drop schema warehouse cascade;
drop server warehouse cascade;
drop extension postgres_fdw;
drop extension dblink;
delete from ops.job_run where job_name = 'sources';
select * from finish();
