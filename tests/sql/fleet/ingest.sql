-- What ingestion takes: wide and narrow readings, merging, duplicates, unknown devices.
begin;
select plan(42);
\ir ../support/old_readings.psql
\ir ../support/refusal.psql
\ir ../support/names.psql

select ops.create_tenant('acme', 'Acme'), ops.create_tenant('open', 'Registers what it does not know') \gset
update fleet.tenant set unknown_device = 'register' where name = 'open';
select fleet.create_profile(pg_temp.tenant('acme'), 'scanner', '["battery", "storage", "signal"]'),
  fleet.create_profile(pg_temp.tenant('acme'), 'climate', '["temperature", "humidity"]'),
  fleet.create_profile(pg_temp.tenant('open'), 'scanner', '["battery", "storage", "signal"]') \gset
select fleet.open_stream(pg_temp.tenant('acme'), 's-1', 'scanner'), fleet.open_stream(pg_temp.tenant('acme'), 's-2', 'scanner'),
  fleet.open_stream(pg_temp.tenant('acme'), 'both', 'scanner'), fleet.open_stream(pg_temp.tenant('acme'), 'both', 'climate') \gset

create function pg_temp.ingest(items json, tenant text default 'acme') returns jsonb
language sql as $$ select fleet.ingest(pg_temp.tenant(tenant), items) $$;
create function pg_temp.stored(tenant text default 'acme') returns table (device text, profile text, ts timestamptz, "values" float8[])
language sql as $$
  select d.external_id, p.name, r.ts, r.values
  from fleet.reading r
  join fleet.stream st using (tenant_id, stream_id)
  join fleet.device d using (tenant_id, device_id)
  join fleet.profile p on p.tenant_id = st.tenant_id and p.profile_id = st.profile_id
  where r.tenant_id = pg_temp.tenant(tenant)
$$;
-- Empties the tables for the next case.
create function pg_temp.forget() returns void
language sql as $$
  delete from fleet.reading; delete from fleet.latest; delete from fleet.reading_change;
$$;

select is(pg_temp.ingest('[]'), '{"accepted": 0, "duplicates": 0, "rejected": []}', 'nothing is taken as well');

-- Wide.
select is(pg_temp.ingest('[
  {"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"signal": -60, "battery": 81.5}},
  {"device": "s-1", "ts": "2026-01-31T13:00:00+01:00", "metrics": {"battery": 81.5, "storage": null, "signal": -60}},
  {"device": "s-2", "ts": "2026-01-31 12:00:00.5+00", "metrics": {"storage": 1e3}}]'),
  '{"accepted": 2, "duplicates": 1, "rejected": []}', 'wide readings; one instant in two zones is one instant');
select set_eq($$select device, ts, values from pg_temp.stored()$$,
  $$values ('s-1', '2026-01-31 12:00+00'::timestamptz, '{81.5,null,-60}'::float8[]), ('s-2', '2026-01-31 12:00:00.5+00', '{null,1000,null}')$$,
  'are stored in the order of the profile, with null for what was not reported');
select is(pg_temp.ingest('[
  {"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"signal": -60, "battery": 81.5}}]'),
  '{"accepted": 0, "duplicates": 1, "rejected": []}', 'what is stored already is a duplicate');
select is(pg_temp.ingest('[
  {"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"signal": -60}}]'),
  '{"accepted": 0, "duplicates": 1, "rejected": []}', 'and so is a part of it');

-- A later partial reading of an instant merges into it.
select pg_temp.forget() \gset
select pg_temp.ingest('[{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 80}}]') \gset
select is(pg_temp.ingest('[{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"storage": 7, "battery": null}}]'),
  '{"accepted": 1, "duplicates": 0, "rejected": []}', 'a later part of an instant is accepted');
select set_eq($$select values from pg_temp.stored()$$, $$values ('{80,7,null}'::float8[])$$, 'and merged, null overwriting nothing');
select is(pg_temp.ingest('[{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 79}}]'),
  '{"accepted": 1, "duplicates": 0, "rejected": []}', 'a correction is accepted');
select set_eq($$select values from pg_temp.stored()$$, $$values ('{79,7,null}'::float8[])$$, 'and replaces');

-- Two readings of one instant in one request.
select pg_temp.forget() \gset
select is(pg_temp.ingest('[
  {"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 80, "signal": -1}},
  {"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"storage": 7, "signal": -2}},
  {"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"signal": -3}}]'),
  '{"accepted": 3, "duplicates": 0, "rejected": []}', 'parts of one instant in one request are all accepted');
select set_eq($$select values from pg_temp.stored()$$, $$values ('{80,7,-3}'::float8[])$$, 'the last of them counts');
select pg_temp.forget() \gset
select is(pg_temp.ingest('[
  {"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 80}},
  {"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 80}},
  {"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 80}}]'),
  '{"accepted": 1, "duplicates": 2, "rejected": []}', 'repeats within a request are duplicates');
select set_eq($$select values from pg_temp.stored()$$, $$values ('{80,null,null}'::float8[])$$, 'of one reading');

-- Narrow, and mixed with wide.
select pg_temp.forget() \gset
select is(pg_temp.ingest('[
  {"device": "s-1", "metric": "battery", "ts": "2026-01-31T12:00:00Z", "value": 55.5},
  {"device": "s-2", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 1, "storage": 2, "signal": 3}},
  {"device": "s-1", "metric": "signal", "ts": "2026-01-31T12:00:00Z", "value": -70},
  {"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"storage": 12}},
  {"device": "s-1", "metric": "battery", "ts": "2026-01-31T12:05:00Z", "value": 55}]'),
  '{"accepted": 5, "duplicates": 0, "rejected": []}', 'narrow and wide readings may be mixed');
select set_eq($$select device, ts, values from pg_temp.stored()$$,
  $$values ('s-1', '2026-01-31 12:00+00'::timestamptz, '{55.5,12,-70}'::float8[]), ('s-1', '2026-01-31 12:05+00', '{55,null,null}'),
    ('s-2', '2026-01-31 12:00+00', '{1,2,3}')$$, 'and fold into the same vectors');

-- A device that speaks several profiles.
select pg_temp.forget() \gset
select is(pg_temp.ingest('[
  {"device": "both", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 5}},
  {"device": "both", "ts": "2026-01-31T12:00:00Z", "metrics": {"humidity": 40, "temperature": 21}},
  {"device": "both", "ts": "2026-01-31T12:01:00Z", "profile": "climate", "metrics": {"temperature": 22}},
  {"device": "both", "ts": "2026-01-31T12:01:00Z", "profile": "scanner", "metric": "signal", "value": -50}]'),
  '{"accepted": 4, "duplicates": 0, "rejected": []}', 'a reading goes to the stream that knows its metric, or to the profile it names');
select set_eq($$select profile, ts, values from pg_temp.stored()$$,
  $$values ('scanner', '2026-01-31 12:00+00'::timestamptz, '{5,null,null}'::float8[]), ('climate', '2026-01-31 12:00+00', '{21,40}'),
    ('climate', '2026-01-31 12:01+00', '{22,null}'), ('scanner', '2026-01-31 12:01+00', '{null,null,-50}')$$, 'each in its own vector');

-- Numbers at the edges.
select pg_temp.forget() \gset
select is(pg_temp.ingest('[
  {"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 1e100, "storage": -1e100, "signal": 0.1}},
  {"device": "s-1", "ts": "2026-01-31T12:01:00Z", "metrics": {"battery": 1e-300, "storage": -0, "signal": 123456789012345678901234567890}},
  {"device": "s-1", "ts": "2026-01-31T12:02:00Z", "metrics": {"battery": 1e-400, "storage": -1e-5000}}]'),
  '{"accepted": 3, "duplicates": 0, "rejected": []}', 'magnitudes up to 1e100 are taken');
select set_eq($$select ts, values from pg_temp.stored()$$,
  $$values ('2026-01-31 12:00+00'::timestamptz, '{1e100,-1e100,0.1}'::float8[]),
    ('2026-01-31 12:01+00', '{1e-300,0,123456789012345678901234567890}'),
    ('2026-01-31 12:02+00', '{0,0,null}')$$, 'as the nearest double; what is too small for one is zero');

-- Senders that fill every key with something: a null stands for a key that is absent.
select pg_temp.forget() \gset
select is(pg_temp.ingest('[
  {"device": "s-1", "profile": null, "metrics": null, "metric": "battery", "ts": "2026-01-31T12:00:00Z", "value": 1},
  {"device": "s-1", "profile": null, "metrics": {"signal": 2}, "metric": null, "ts": "2026-01-31T12:00:00Z", "value": null}]'),
  '{"accepted": 2, "duplicates": 0, "rejected": []}', 'null metrics and profile are as good as none');
select set_eq($$select values from pg_temp.stored()$$, $$values ('{1,null,2}'::float8[])$$, 'in narrow and wide readings');

-- Unknown devices.
select is(pg_temp.ingest('[{"device": "new-1", "profile": "scanner", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 5}}]') #>> '{rejected,0,code}',
  '42704', 'an unknown device is refused where the tenant says so');
select is((select count(*) from fleet.device where external_id = 'new-1'), 0::bigint, 'and not registered');
select is(pg_temp.ingest('[
  {"device": "new-1", "profile": "scanner", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 5}},
  {"device": "new-1", "ts": "2026-01-31T12:01:00Z", "metrics": {"battery": 6}},
  {"device": "new-2", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 5}},
  {"device": "new-3", "profile": "toaster", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 5}}]', 'open')
    @> '{"accepted": 2, "duplicates": 0, "rejected": [{"index": 2, "code": "42704"}, {"index": 3, "code": "42704"}]}', true,
  'where it registers unknown devices, one that names its profile is taken');
select set_eq($$select device, profile, values from pg_temp.stored('open')$$,
  $$values ('new-1', 'scanner', '{5,null,null}'::float8[]), ('new-1', 'scanner', '{6,null,null}')$$, 'with all its readings');
select set_eq($$select external_id, name from fleet.device where tenant_id = pg_temp.tenant('open')$$, $$values ('new-1', 'new-1')$$, 'and no other is registered');
select is(pg_temp.ingest('[{"device": 5, "profile": "scanner", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 5}}]', 'open') #>> '{rejected,0,code}',
  '22023', 'a device is named by text');
select is((select count(*) from fleet.device where tenant_id = pg_temp.tenant('open') and external_id = '5'), 0::bigint, 'a number registers none');
select is(pg_temp.ingest('[
    {"device": "s-1", "profile": "climate", "ts": "2026-01-31T12:00:00Z", "metrics": {"humidity": 5}}]'),
  '{"accepted": 1, "duplicates": 0, "rejected": []}', 'a known device may begin to speak another profile');
select isnt((select min(st.stream_id) from fleet.stream st join fleet.device d using (tenant_id, device_id)
    where d.external_id = 's-1' and st.profile_id = pg_temp.profile('acme', 'climate')), null, 'for which it gets a stream');

-- A tenant's devices are its own.
select is(pg_temp.ingest('[{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 5}}]', 'open') #>> '{rejected,0,message}',
  'device "s-1" is not registered', 'another tenant''s device is not known');

-- The request as a whole.
select is(
  (select array_agg(distinct pg_temp.refusal(format('select pg_temp.ingest(%L)', body))) from unnest(array['{}', '"x"', '5', 'null']) body),
  '{"22023: the body must be a JSON array of readings (Send [{\"device\": \"…\", \"ts\": \"2026-01-31T12:00:00Z\", \"metrics\": {\"battery\": 81.5}}].)"}',
  'a body that is no array is refused');
select is(pg_temp.refusal('select pg_temp.ingest(null)'),
  '22023: the body must be a JSON array of readings (Send [{"device": "…", "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 81.5}}].)',
  'and so is no body');
select is(pg_temp.refusal($$select pg_temp.ingest((select json_agg(1) from generate_series(1, 10001)))$$),
  'PT413: 10001 readings in one request, at most 10000 are taken (Send them in several requests, or load a file with the bulk import.)',
  'more than 10000 readings are refused');
select is(jsonb_array_length(pg_temp.ingest((select json_agg(1) from generate_series(1, 10000))) -> 'rejected'), 10000, '10000 are not');

-- Whatever is sent, the three counts add up to it and what is accepted is stored.
select pg_temp.forget() \gset
create temp table mixture as
select row_number() over () - 1 as index, body from (
  select setseed(0.4)
) seeded,
lateral (
  select (array[
    json_build_object('device', 's-' || n % 3, 'ts', '2026-01-31T12:00:00Z'::timestamptz + n % 7 * interval '1 minute', 'metrics', json_build_object('battery', n % 5)),
    json_build_object('device', 's-' || n % 3, 'ts', '2026-01-31T12:00:00Z'::timestamptz + n % 7 * interval '1 minute', 'metric', 'storage', 'value', n % 2),
    json_build_object('device', 's-1', 'ts', 'yesterday', 'metrics', json_build_object('battery', 1)),
    json_build_object('device', 's-1', 'ts', '2026-01-31T12:00:00Z', 'metrics', json_build_object('battery', 'high')),
    json_build_object('device', 's-1', 'metrics', json_build_object('battery', 1)),
    to_json(n)])[1 + (random() * 5)::int] as body
  from generate_series(1, 2000) n
) x;
create temp table answer as select pg_temp.ingest((select json_agg(m.body order by m.index) from mixture m)) as a;
select is((select (a ->> 'accepted')::int + (a ->> 'duplicates')::int + jsonb_array_length(a -> 'rejected') from answer), 2000,
  'accepted, duplicates and rejected add up to what was sent');
select cmp_ok((select jsonb_array_length(a -> 'rejected') from answer), '>', 500, 'many were rejected');
select is((select array_agg(r ->> 'index' order by n) from answer, jsonb_array_elements(a -> 'rejected') with ordinality as x (r, n)),
  (select array_agg(r ->> 'index' order by (r ->> 'index')::int) from answer, jsonb_array_elements(a -> 'rejected') r), 'in the order in which they were sent');
select is((select count(*) from pg_temp.stored()), 14::bigint, 'what was sound is stored: two devices at seven instants');
select is((select pg_temp.ingest((select json_agg(m.body order by m.index) from mixture m)) ->> 'accepted'), '0', 'sent again, all of it is duplicate');
select is(
  (select count(*) from pg_temp.stored() s
    where s.values[1] is distinct from (
      select (m.body #>> '{metrics,battery}')::float8 from mixture m
      where m.body ->> 'device' = s.device and m.body ->> 'ts' like '2026%' and (m.body ->> 'ts')::timestamptz = s.ts
        and json_typeof(m.body #> '{metrics,battery}') = 'number'
      order by m.index desc limit 1)), 0::bigint, 'each with the last value sent');
select is((select count(*) from fleet.reading_change where tenant_id = pg_temp.tenant('open')), 0::bigint, 'nothing was written for the other tenant');

select * from finish();
rollback;
