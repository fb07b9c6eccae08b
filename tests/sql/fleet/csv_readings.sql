-- Lines of comma-separated values, as PostgREST hands them on, become readings.
begin;
select plan(17);

create function pg_temp.line(line text) returns jsonb
language sql as $$ select fleet.csv_readings(format('[%s]', line)::json)::jsonb -> 0 $$;
create function pg_temp.field(content text) returns jsonb
language sql as $$ select fleet.csv_readings(json_build_array(json_build_object('device', 'd', 'm', content)))::jsonb #> '{0,metrics,m}' $$;

select is(fleet.csv_readings('[]')::text, '[]', 'no lines are no readings');
select is(pg_temp.line('{"device": "d-1", "ts": "2026-01-31T12:00:00Z", "battery": "81.5", "signal": "-60"}'),
  '{"device": "d-1", "profile": null, "ts": "2026-01-31T12:00:00Z", "metrics": {"battery": 81.5, "signal": -60}}', 'a line is a wide reading');
select is(pg_temp.line('{"device": "d-1", "profile": "scanner", "ts": "t", "metric": "battery", "value": "81.5"}'),
  '{"device": "d-1", "profile": "scanner", "ts": "t", "metric": "battery", "value": 81.5}', 'or a narrow one, with columns metric and value');
select is(pg_temp.line('{"device": "d-1", "ts": "t", "metric": "5"}') -> 'metrics', '{"metric": 5}', 'one of them alone is a metric');
select is(pg_temp.line('{"device": "d-1", "ts": "t", "value": "5"}') -> 'metrics', '{"value": 5}', 'and so is the other');
select is(pg_temp.line('{"device": "d-1", "ts": "t", "a": "", "b": null, "c": " "}') -> 'metrics', '{}', 'empty fields are not reported');
select is(pg_temp.line('{"device": "", "ts": "", "profile": "", "a": "1"}'),
  '{"device": null, "profile": null, "ts": null, "metrics": {"a": 1}}', 'nor are empty names and times');
select is(pg_temp.line(format('{"%s device ": " d-1 ", " ts": "t", "a\t": " 1 "}', chr(65279))),
  '{"device": "d-1", "profile": null, "ts": "t", "metrics": {"a": 1}}', 'blanks and a byte order mark count for nothing');
select is(pg_temp.line('{"device": "a \"b\", c", "ts": "t", "a": "1"}') ->> 'device', 'a "b", c', 'quotes and commas stay');
select is((select array_agg(pg_temp.field(f) = to_jsonb(v)) from (values ('1', 1.0), ('-1.50', -1.5), ('+2', 2), ('.5', 0.5), ('5.', 5), ('007', 7), ('1e3', 1000), ('-2.5E-1', -0.25)) as x (f, v)),
  array_fill(true, array[8]), 'numbers may be written in all the usual ways');
select is((select array_agg(f) from unnest('{NaN,Infinity,-inf,0x10,1_000,"1,5",--1,1e,yes,"1 2",.,e5}'::text[]) f where pg_temp.field(f) is distinct from to_jsonb(f)),
  null, 'everything else stays text');
select is(pg_temp.field('1e999999'), '"1e999999"', 'also a number beyond all numbers');
select is((select array_agg(e::text) from json_array_elements(fleet.csv_readings('[{"device": "d\u0000", "a": "1"}, {"device": "d", "a": "1"}]')) e),
  array['{"device": "d\u0000", "a": "1"}', '{"device" : "d", "profile" : null, "ts" : null, "metrics" : {"a": 1}}'], 'what cannot be stored is handed on as it is, beside what can');
select is(pg_temp.line('{"device": "d\\u0000", "a": "1"}'), '{"device": "d\\u0000", "profile": null, "ts": null, "metrics": {"a": 1}}', 'which a backslash can');
select is((select array_agg(e -> 'metrics' -> 'n' order by o) from jsonb_array_elements(fleet.csv_readings(
    (select json_agg(json_build_object('device', 'd', 'n', n::text)) from generate_series(1, 500) n))::jsonb) with ordinality x (e, o)),
  (select array_agg(to_jsonb(n)) from generate_series(1, 500) n), 'lines keep their order');
select is(pg_temp.line('{"device": "d", "ts": "t", "metric": "a", "value": ""}'), '{"device": "d", "profile": null, "ts": "t", "metric": "a", "value": null}', 'a narrow reading without a value has none');
select is(pg_temp.line('{}'), '{"device": null, "profile": null, "ts": null, "metrics": {}}', 'a line of nothing is a reading of nothing');

select * from finish();
rollback;
