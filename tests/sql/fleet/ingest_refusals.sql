-- Every reason for which a reading is refused: code, message and hint; and that it costs no other reading.
begin;
select plan(36);
\ir ../support/old_readings.psql
\ir ../support/names.psql

select ops.create_tenant('acme', 'Acme') \gset
select fleet.create_profile(pg_temp.tenant('acme'), 'scanner', '["battery", "storage", "signal"]'),
  fleet.create_profile(pg_temp.tenant('acme'), 'climate', '["temperature"]') \gset
select fleet.open_stream(pg_temp.tenant('acme'), 's-1', 'scanner') \gset

create temp table refused (case_no int generated always as identity, body text, code text, message text, hint text);
\set object 'Send {"device": "…", "ts": "…", "metrics": {…}} or {"device": "…", "metric": "…", "ts": "…", "value": 1.5}.'
\set no_text 'Remove NUL characters, unpaired surrogates and numbers of thousands of digits.'
\set name_device 'Add "device" with the device''s external id as text.'
\set iso 'Give "ts" as an ISO 8601 timestamp such as 2026-01-31T12:00:00Z.'
\set clock 'Check the device''s clock and time zone.'
\set add_metrics 'Add "metrics" as an object of numbers, or "metric" and "value".'
\set leave_out 'Leave out readings in which nothing was measured.'
\set known 'GET /streams lists a device''s profiles, GET /profiles their metrics.'
\set no_quotes 'Send numbers without quotes; null means not reported.'
insert into refused (body, code, message, hint) values
  -- Not a reading.
  ('5', '22023', 'a reading is a JSON object, not number', :'object'),
  ('null', '22023', 'a reading is a JSON object, not null', :'object'),
  ('[]', '22023', 'a reading is a JSON object, not array', :'object'),
  ('"x"', '22023', 'a reading is a JSON object, not string', :'object'),
  ('{"device": "s-1\u0000", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 1}}', '22P05', 'the reading holds text or a number that cannot be stored', :'no_text'),
  ('{"device": "\ud800", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 1}}', '22P05', 'the reading holds text or a number that cannot be stored', :'no_text'),
  -- Device.
  ('{}', '22023', 'the reading names no device', :'name_device'),
  ('{"device": null, "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 1}}', '22023', 'the reading names no device', :'name_device'),
  ('{"device": 7, "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 1}}', '22023', 'the reading names no device', :'name_device'),
  ('{"device": "ghost", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 1}}', '42704', 'device "ghost" is not registered',
    'Register it with POST /rpc/register_device.'),
  -- Time.
  ('{"device": "s-1", "metrics": {"battery": 1}}', '22007', 'the reading has no timestamp', :'iso'),
  ('{"device": "s-1", "ts": null, "metrics": {"battery": 1}}', '22007', 'the reading has no timestamp', :'iso'),
  ('{"device": "s-1", "ts": "now", "metrics": {"battery": 1}}', '22007', 'the timestamp is not valid', :'iso'),
  ('{"device": "s-1", "ts": "infinity", "metrics": {"battery": 1}}', '22007', 'the timestamp is not valid', :'iso'),
  ('{"device": "s-1", "ts": 1769860800, "metrics": {"battery": 1}}', '22007', 'the timestamp is not valid', :'iso'),
  ('{"device": "s-1", "ts": "31.01.2026 12:00", "metrics": {"battery": 1}}', '22007', 'the timestamp is not valid', :'iso'),
  ('{"device": "s-1", "ts": "2026-02-30T12:00:00Z", "metrics": {"battery": 1}}', '22007', 'the timestamp is not valid', :'iso'),
  ('{"device": "s-1", "ts": "1999-12-31T23:59:59Z", "metrics": {"battery": 1}}', '22008', 'the timestamp lies before the year 2000', :'clock'),
  (format('{"device": "s-1", "ts": "%s", "metrics": {"battery": 1}}', now() + interval '10 minutes 1 second'), '22008',
    'the timestamp lies more than 600 seconds in the future', :'clock'),
  -- Metrics.
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z"}', '22023', 'the reading has no metrics', :'add_metrics'),
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": [1, 2]}', '22023', 'the reading has no metrics', :'add_metrics'),
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metric": "battery"}', '22023', 'the reading has no metrics', :'add_metrics'),
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metric": 3, "value": 4}', '22023', 'the reading has no metrics', :'add_metrics'),
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {}}', '22023', 'the reading has no metrics', :'leave_out'),
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": null, "signal": null}}', '22023', 'every metric of the reading is null', :'leave_out'),
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metric": "battery", "value": null}', '22023', 'every metric of the reading is null', :'leave_out'),
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"volume": 11}}', '42704', 'no profile of the device has metric "volume"', :'known'),
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "profile": "toaster", "metrics": {"battery": 1}}', '42704', 'the device does not speak profile "toaster"', :'known'),
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 1, "zz volume": 11}}', '42704', 'metric "zz volume" is not in the profile',
    'Remove it from the reading, or append it to the profile.'),
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 1, "signal": "high"}}', '22P02', 'metric "signal" must be a number or null, not string', :'no_quotes'),
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": true}}', '22P02', 'metric "battery" must be a number or null, not boolean', :'no_quotes'),
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": [1]}}', '22P02', 'metric "battery" must be a number or null, not array', :'no_quotes'),
  ('{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 1, "storage": 1.0001e100}}', '22003', 'metric "storage" is out of range', 'Magnitudes up to 1e100 are taken.');

create temp table answer as
select r.case_no, r.body, fleet.ingest(pg_temp.tenant('acme'), format('[%s]', r.body)::json) as answer
from refused r order by r.case_no;
select is(a.answer,
  jsonb_build_object('accepted', 0, 'duplicates', 0, 'rejected', jsonb_build_array(
    jsonb_build_object('index', 0, 'code', r.code, 'message', r.message, 'hint', r.hint))),
  left(r.body, 90))
from refused r join answer a using (case_no) order by r.case_no;
select is((select count(*) from fleet.reading where tenant_id = pg_temp.tenant('acme')), 0::bigint, 'nothing of them is stored');

-- All of them in one request, with sound readings between.
select fleet.ingest(pg_temp.tenant('acme'), format('[%s]', string_agg(
    r.body || format(', {"device": "s-1", "ts": "2026-01-31T12:%s:00Z", "metrics": {"battery": %s}}', lpad(r.case_no::text, 2, '0'), r.case_no),
    ', ' order by r.case_no))::json) as answer
from refused r \gset
select is(:'answer'::jsonb - 'rejected', '{"accepted": 33, "duplicates": 0}', 'a refused reading costs no other');
select results_eq(
  format('select (r ->> ''index'')::int, r ->> ''code'', r ->> ''message'', r ->> ''hint'' from jsonb_array_elements(%L::jsonb -> ''rejected'') r', :'answer'),
  'select (r.case_no - 1) * 2, r.code, r.message, r.hint from refused r order by r.case_no',
  'and each is reported at its own index');

select * from finish();
rollback;
