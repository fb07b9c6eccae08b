-- Bulk import of the lines of a CSV file.
begin;
select plan(40);
\ir ../support/refusal.psql
\ir ../support/names.psql

select ops.create_tenant('acme', 'Acme') \gset
set local client_min_messages = warning;
create temp table import_line (line_no bigint generated always as identity, line text);

-- Imports the lines of one text, and says what came of it.
create function pg_temp.import(device text, header text, lines text,
  time_column text default null, start timestamptz default null, step interval default null, skip text[] default '{}',
  profile text default 'press', tenant text default 'acme', out counts int[], out rejected text[])
language plpgsql
as $$
begin
  truncate pg_temp.import_line restart identity;
  insert into pg_temp.import_line (line) select l from string_to_table(lines, E'\n') l;
  select array[i.accepted, i.duplicates, i.rejected, i.points] into counts
  from fleet.import_lines(tenant, profile, device, header, time_column, start, step, skip) i;
  rejected := array(select format('%s %s %s', r.line_no, r.code, r.message) from pg_temp.import_rejected r order by r.line_no);
end $$;
create function pg_temp.stored(device text) returns table (ts timestamptz, "values" float8[])
language sql as $$
  select r.ts, r.values from fleet.reading r
  where r.tenant_id = pg_temp.tenant('acme') and r.stream_id = pg_temp.stream('acme', device)
$$;

-- A plain file makes profile, device and stream.
select is(i, row('{2,0,0,5}'::int[], '{}'::text[])::record, 'a file is imported: readings, duplicates, rejected, points')
from pg_temp.import('p-1', 'ts,pressure,temperature,speed', E'2026-01-01 00:00:00,1,2,3\n2026-01-01 00:01:00Z,4,,6') i;
select results_eq($$select ts, values from pg_temp.stored('p-1') order by 1$$,
  $$values ('2026-01-01 00:00Z'::timestamptz, '{1,2,3}'::float8[]), ('2026-01-01 00:01Z', '{4,null,6}')$$,
  'an empty field is not reported');
select is((select metric_names from fleet.profile where profile_id = pg_temp.profile('acme', 'press')), '{pressure,temperature,speed}',
  'the header makes the profile where there is none');

-- Again: nothing twice.
select is(i.counts, '{0,2,0,0}', 'repeating an import stores nothing')
from pg_temp.import('p-1', 'ts,pressure,temperature,speed', E'2026-01-01 00:00:00,1,2,3\n2026-01-01 00:01:00Z,4,,6') i;
delete from fleet.reading_change;
select is(i.counts, '{0,2,0,0}', 'not even with the columns in another order')
from pg_temp.import('p-1', 'speed,ts,temperature,pressure', E'3,2026-01-01 00:00:00,2,1\n6,2026-01-01 00:01:00Z,,4') i;
select is((select count(*) from fleet.reading_change where tenant_id = pg_temp.tenant('acme')), 0::bigint, 'and dirties nothing');
select is(i.counts, '{1,1,0,3}', 'a longer version of the file adds what is new')
from pg_temp.import('p-1', 'ts,pressure,temperature,speed', E'2026-01-01 00:01:00Z,4,,6\n2026-01-01 00:02:00Z,7,8,9') i;
select is(i.counts, '{1,0,0,3}', 'and a field that was empty before is filled in')
from pg_temp.import('p-1', 'ts,temperature', '2026-01-01 00:01:00Z,5') i;
select is((select values from pg_temp.stored('p-1') where ts = '2026-01-01 00:01Z'), '{4,5,6}', 'without touching the others');

-- A file from Windows: byte order mark, CRLF, quoted names and fields, blank lines, blanks.
select is(i, row('{3,0,0,9}'::int[], '{}'::text[])::record, 'byte order mark, quotes, blanks, CRLF and empty lines are understood')
from pg_temp.import('p-2', chr(65279) || E'"ts", "pressure" ,"temperature","speed"\r',
  E'"2026-01-01 00:00:00","1","2","3"\r\n\r\n2026-01-01 00:01:00, 4 ,5, 6\r\n"2026-01-01T00:02:00Z",7,"8",9\r\n   \r') i;
select results_eq($$select ts, values from pg_temp.stored('p-2') order by 1$$,
  $$values ('2026-01-01 00:00Z'::timestamptz, '{1,2,3}'::float8[]), ('2026-01-01 00:01Z', '{4,5,6}'), ('2026-01-01 00:02Z', '{7,8,9}')$$,
  'with the same values');
select is(i.counts, '{2,0,0,6}', 'a comma between quotes belongs to its field')
from pg_temp.import('p-12', '"ts","place, room",pressure,temperature,speed',
  E'"2026-01-01 00:00:00","hall 3, left",1,"2",3\n2026-01-01 00:01:00,nowhere,4,5,6', skip => '{"place, room"}') i;

-- Which column is the time.
select is(i.counts, '{1,0,0,3}', 'a column called time, timestamp or ts is the time, whatever its case')
from pg_temp.import('p-3', 'pressure,Timestamp,temperature,speed', '1,2026-01-01 00:00:00,2,3') i;
select is(i.counts, '{1,0,0,3}', 'or the one that is named')
from pg_temp.import('p-3', 'pressure,measured,temperature,speed', '1,2026-01-01 00:05:00,2,3', time_column => 'measured') i;
select is(i.counts, '{3,0,0,9}', 'it may count steps')
from pg_temp.import('p-4', 'n,pressure,temperature,speed', E'0,1,2,3\n1,4,5,6\n60,7,8,9', 'n', '2026-01-01', '10 seconds') i;
select results_eq($$select ts from pg_temp.stored('p-4') order by 1$$,
  $$values ('2026-01-01 00:00Z'::timestamptz), ('2026-01-01 00:00:10Z'), ('2026-01-01 00:10Z')$$, 'from a start');
select is(pg_temp.refusal($$select pg_temp.import('p-4', 'n,pressure', '0,1', 'n', '2026-01-01')$$),
  '22023: start and step go together (Give both when the time column counts steps, neither when it holds timestamps.)', 'never without a step');
select is(
  (select array_agg(distinct pg_temp.refusal(format($$select pg_temp.import('p-4', 'n,pressure', '0,1', 'n', '2026-01-01', %L)$$, step)))
    from unnest('{0,-1 minute}'::interval[]) step),
  '{"22023: step must be longer than nothing (Give an interval such as \"10 seconds\".)"}', 'which leads forward');
select is(pg_temp.refusal($$select pg_temp.import('p-4', 'n,pressure', '0,1', 'n', null, '1 minute')$$),
  '22023: start and step go together (Give both when the time column counts steps, neither when it holds timestamps.)', 'or a step without a start');
select is(pg_temp.refusal($$select pg_temp.import('p-5', 'pressure,temperature,speed', '1,2,3')$$),
  '42703: the header has no time column (Name the column that holds the time with --time-column.)', 'a file without times is refused');
select is(pg_temp.refusal($$select pg_temp.import('p-5', 'ts,pressure', '2026-01-01,2', 'when')$$),
  '42703: the header has no column "when" (Name the column that holds the time with --time-column.)', 'and a time column that is not there');

-- Header and profile.
select is(pg_temp.refusal($$select pg_temp.import('p-5', 'ts,pressure,vibration', '2026-01-01,1,2')$$),
  '42703: column "vibration" is not a metric of profile "press" (Leave the column out with --skip, or append the metric to the profile.)',
  'a column that the profile does not have is refused');
select is(i.counts, '{1,0,0,1}', 'or left out')
from pg_temp.import('p-6', 'ts,pressure,vibration', '2026-01-01,1,none at all', skip => '{vibration}') i;
select is((select values from pg_temp.stored('p-6')), '{1,null,null}', 'a metric that the file does not have is not reported');
select is(pg_temp.refusal($$select pg_temp.import('p-5', 'ts,pressure,pressure', '2026-01-01,1,2')$$),
  '42701: the header has column "pressure" twice (Rename one of them, or leave both out with --skip.)', 'no column comes twice');
select is(pg_temp.refusal($$select pg_temp.import('p-5', 'ts,pressure,speed,', '2026-01-01,1,2,')$$),
  '42703: column 4 of the header has no name (Name every column in the first line of the file.)', 'every column has a name');
select is(pg_temp.refusal($$select pg_temp.import('p-5', 'ts,a b', '2026-01-01,1', profile => 'other')$$),
  '22023: the profile or a column has a name that cannot be used (Names start with a letter and hold up to 63 letters, digits and _ . % / -; rename the column, or leave it out with --skip.)',
  'and one that can name a metric');
select is(pg_temp.refusal($$select pg_temp.import('p-5', 'ts', '2026-01-01', profile => 'other')$$),
  '42703: the header has no column but the time (A file has a column for each metric, separated by commas.)', 'there is a column besides the time');
select is(pg_temp.refusal($$select pg_temp.import('p-5', 'ts,a', '2026-01-01,1', tenant => 'nobody')$$),
  '42704: tenant "nobody" does not exist (Create it with: select ops.create_tenant(''name'', ''Display name'').)', 'a tenant is not made by an import');
select is((select count(*) from fleet.device where tenant_id = pg_temp.tenant('acme') and external_id = 'p-5'), 0::bigint,
  'a file that is refused as a whole leaves no device behind');

-- Lines that are refused, and that they cost no other.
create temp table outcome as
select i.* from pg_temp.import('p-7', 'ts,pressure,temperature,speed', array_to_string(array[
  '2026-01-01 00:00:00,1,2,3',
  '2026-01-01 00:01:00,1,2',
  '2026-01-01 00:02:00,1,2,3,4',
  'yesterday,1,2,3',
  '01.02.2026 00:00,1,2,3',
  '2026-02-30 00:00:00,1,2,3',
  ',1,2,3',
  '1999-12-31 23:59:59,1,2,3',
  '2999-01-01 00:00:00,1,2,3',
  '2026-01-01 00:03:00,one,2,3',
  '2026-01-01 00:04:00,1,0x1g,3',
  '2026-01-01 00:05:00,NaN,2,3',
  '2026-01-01 00:06:00,1,Infinity,3',
  '2026-01-01 00:07:00,1,2,1.1e100',
  '2026-01-01 00:08:00,,,',
  '2026-01-01 00:09:00,1,{2},3',
  '2026-01-01 00:10:00,1,"2,5",3',
  '2026-01-01 00:11:00,1e400,2,3',
  '2026-01-01 00:12:00,NULL,2,3',
  '2026-01-01 00:13:00,4,5,6'], E'\n')) i;
select is((select counts from outcome), '{2,0,18,6}', 'sound lines are stored, the others counted');
select is((select rejected from outcome), array[
  '2 22P04 expected 4 fields, got 3',
  '3 22P04 expected 4 fields, got 5',
  '4 22007 the time is not valid',
  '5 22007 the time is not valid',
  '6 22007 the time is not valid',
  '7 22007 the time is not valid',
  '8 22008 the time lies further in the past or in the future than the tenant accepts',
  '9 22008 the time lies further in the past or in the future than the tenant accepts',
  '10 22P02 a value is not a number',
  '11 22P02 a value is not a number',
  '12 22003 a value is NaN, infinite or above 1e100; leave the field empty for not reported',
  '13 22003 a value is NaN, infinite or above 1e100; leave the field empty for not reported',
  '14 22003 a value is NaN, infinite or above 1e100; leave the field empty for not reported',
  '15 22023 every value is empty',
  '16 22P02 a value is not a number',
  '17 22P02 a value is not a number',
  '18 22P02 a value is not a number',
  '19 22P02 a value is not a number'], 'each with its line, code and reason');
select set_eq($$select ts from pg_temp.stored('p-7')$$, $$values ('2026-01-01 00:00Z'::timestamptz), ('2026-01-01 00:13Z')$$, 'the sound ones are there');
select is(i.counts[3], 2, 'a step that is no number is refused')
from pg_temp.import('p-8', 'n,pressure,temperature,speed', E'x,1,2,3\n1.5,4,5,6\n2,7,8,9', 'n', '2026-01-01', '10 seconds') i;
select is(i.rejected, '{"2 22008 the time lies further in the past or in the future than the tenant accepts"}', 'and so is one that leads into the far future')
from pg_temp.import('p-9', 'n,pressure,temperature,speed', E'1,1,2,3\n999999999,4,5,6', 'n', '2020-01-01', '1 year') i;

-- Several lines of one instant.
select is(i.counts, '{1,1,0,3}', 'lines of one instant are one reading')
from pg_temp.import('p-10', 'ts,pressure,temperature,speed', E'2026-01-01 00:00:00,1,,3\n2026-01-01 00:00:00,10,2,') i;
select is((select values from pg_temp.stored('p-10')), '{10,2,3}', 'in which the last value of each metric counts');

-- Many lines, and what the pipeline is told.
select is(i.counts, '{5000,0,0,15000}', 'thousands of lines')
from pg_temp.import('p-11', 'ts,pressure,temperature,speed',
  (select string_agg(format('%s,%s,%s,%s', '2026-01-01'::timestamptz + n * interval '1 minute', n, n % 10, -n), E'\n' order by n) from generate_series(1, 5000) n)) i;
select is((select range_agg(tstzrange(from_ts, to_ts, '[]')) @> tstzrange('2026-01-01 00:01Z', '2026-01-01 00:01Z', '[]') and max(to_ts) = '2026-01-04 11:20Z'
    from fleet.reading_change where stream_id = pg_temp.stream('acme', 'p-11')), true, 'are noted for the features job');
select is((select values from fleet.latest where stream_id = pg_temp.stream('acme', 'p-11')), '{5000,0,-5000}', 'and the last is latest');

select * from finish();
rollback;
