-- What a tenant decides about ingestion: which times are accepted, and what becomes of unknown metrics.
begin;
select plan(36);
\ir ../support/old_readings.psql
\ir ../support/names.psql

select ops.create_tenant('acme', 'Acme'), ops.create_tenant('open', 'Takes what comes'), ops.create_tenant('strict', 'Refuses') \gset
update fleet.tenant set unknown_metric = 'append', unknown_device = 'register' where name = 'open';
update fleet.tenant set unknown_metric = 'append' where name = 'strict';
select fleet.create_profile(pg_temp.tenant(t), 'scanner', '["battery"]'), fleet.create_profile(pg_temp.tenant(t), 'climate', '["temperature"]'),
  fleet.open_stream(pg_temp.tenant(t), 's-1', 'scanner')
from unnest('{acme,open,strict}'::text[]) t \g /dev/null

-- The problem with a battery reading taken some time from now, or null.
create function pg_temp.problem(offset_by interval) returns text
language sql as $$
  select a #>> '{rejected,0,message}' from fleet.ingest(pg_temp.tenant('acme'),
    json_build_array(json_build_object('device', 's-1', 'ts', now() + offset_by, 'metrics', '{"battery": 1}'::json))) a
$$;
create function pg_temp.set(setting text, value text) returns void
language plpgsql as $$
begin
  execute format('update fleet.tenant set %I = %L where name = ''acme''', setting, value);
end $$;

-- The future.
select is(pg_temp.problem('10 minutes'), null, 'clocks that are 10 minutes fast are tolerated');
select is(pg_temp.problem('10 minutes 1 second'), 'the timestamp lies more than 600 seconds in the future', 'and no more');
select pg_temp.set('future_tolerance', '1 hour') \g /dev/null
select is(pg_temp.problem('1 hour'), null, 'unless the tenant tolerates more');
select is(pg_temp.problem('1 hour 1 second'), 'the timestamp lies more than 3600 seconds in the future', 'up to that');
select pg_temp.set('future_tolerance', '0') \g /dev/null
select is(pg_temp.problem('0'), null, 'or nothing at all');
select is(pg_temp.problem('1 millisecond'), 'the timestamp lies more than 0 seconds in the future', 'which is strict');

-- The past.
select is(pg_temp.problem('-20 years'), null, 'readings may be of any age');
select is(pg_temp.problem(timestamptz '1999-12-31 23:59:59Z' - now()), 'the timestamp lies before the year 2000', 'from the year 2000 on');
select pg_temp.set('past_tolerance', '90 days') \g /dev/null
select is(pg_temp.problem('-90 days'), null, 'unless the tenant says how old');
select is(pg_temp.problem('-90 days -1 second'), 'the reading is more than 90 days old', 'beyond which they are refused');
select is(pg_temp.problem(timestamptz '1999-12-31 23:59:59Z' - now()), 'the timestamp lies before the year 2000', 'those from before the year 2000 as before');
select pg_temp.set('past_tolerance', '36 hours') \g /dev/null
select is(pg_temp.problem('-37 hours'), 'the reading is more than 1.5 days old', 'in fractions of days as well');
select is(fleet.ingest(pg_temp.tenant('acme'), format('[{"device": "s-1", "ts": "%s", "metrics": {"battery": 1}}]', now() - interval '2 days')::json)
  #> '{rejected,0}', '{"index": 0, "code": "22008", "message": "the reading is more than 1.5 days old", "hint": "Readings of that age are no longer kept; leave them out."}',
  'with a code and a hint');
select is(fleet.ingest(pg_temp.tenant('acme'), json_build_array(
    json_build_object('device', 's-1', 'ts', now() - interval '2 days', 'metrics', '{"battery": 1}'::json),
    json_build_object('device', 's-1', 'ts', now() - interval '1 day', 'metrics', '{"battery": 1}'::json),
    json_build_object('device', 's-1', 'ts', now() + interval '1 day', 'metrics', '{"battery": 1}'::json))) ->> 'accepted',
  '1', 'and each costs only itself');
select is((select array[accepted, duplicates, rejected] from fleet.ingest_batch where tenant_id = pg_temp.tenant('acme') order by batch_id desc limit 1),
  '{1,0,2}', 'which stands in the batch');

-- Unknown metrics.
create function pg_temp.ingest(tenant text, items json) returns jsonb
language sql as $$ select fleet.ingest(pg_temp.tenant(tenant), items) $$;
create function pg_temp.metrics(tenant text, profile text) returns text[]
language sql as $$ select p.metric_names from fleet.profile p where p.tenant_id = pg_temp.tenant($1) and p.name = $2 $$;

select is(pg_temp.ingest('acme', format('[{"device": "s-1", "ts": "%s", "metrics": {"battery": 1, "signal": 2}}]', now())::json) #>> '{rejected,0,message}',
  'no profile of the device has metric "signal"', 'an unknown metric is refused where the tenant says so');
select is(pg_temp.metrics('acme', 'scanner'), '{battery}', 'and not appended');
select is(pg_temp.ingest('open', '[
  {"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"signal": -60, "battery": 1, "storage": null}},
  {"device": "s-1", "ts": "2026-01-31T12:01:00Z", "metric": "level", "value": 3},
  {"device": "s-1", "ts": "2026-01-31T12:02:00Z", "metrics": {"zone": "north"}},
  {"device": "s-1", "ts": "2026-01-31T12:03:00Z", "metrics": {"no good name": 1}},
  {"device": "s-2", "ts": "2026-01-31T12:00:00Z", "profile": "climate", "metrics": {"humidity": 40}}]')
    @> '{"accepted": 3, "duplicates": 0, "rejected": [{"index": 2, "code": "42704"}, {"index": 3, "code": "42704"}]}', true,
  'where it appends them, wide and narrow readings are taken; what is no number or no name is not');
select is(pg_temp.metrics('open', 'scanner'), '{battery,signal,storage,level}', 'the metrics come to the profile in the order in which they came');
select is(pg_temp.metrics('open', 'climate'), '{temperature,humidity}', 'that of the device, or the one that the reading names');
select set_eq($$select r.ts, r.values from fleet.reading r where r.tenant_id = pg_temp.tenant('open') and r.stream_id = pg_temp.stream('open', 's-1')$$,
  $$values ('2026-01-31 12:00Z'::timestamptz, '{1,-60,null,null}'::float8[]), ('2026-01-31 12:01Z', '{null,null,null,3}')$$, 'their values are stored');
select is(pg_temp.ingest('open', '[{"device": "s-1", "ts": "2026-01-31T12:00:00Z", "metrics": {"signal": -60, "level": 4}}]') ->> 'accepted', '1',
  'and merged with what comes later');

-- A device that speaks two profiles leaves open whose metric it is.
select fleet.open_stream(pg_temp.tenant('open'), 's-1', 'climate') \g /dev/null
select is(pg_temp.ingest('open', '[
  {"device": "s-1", "ts": "2026-01-31T13:00:00Z", "metrics": {"pressure": 1}},
  {"device": "s-1", "ts": "2026-01-31T13:00:00Z", "profile": "climate", "metrics": {"dust": 1}}]')
    @> '{"accepted": 1, "rejected": [{"index": 0, "code": "42704"}]}', true, 'of several profiles it must name one');
select is(pg_temp.metrics('open', 'climate'), '{temperature,humidity,dust}', 'to have a metric appended');

-- What is refused for its device appends nothing.
select is(pg_temp.ingest('strict', '[
  {"device": "ghost", "ts": "2026-01-31T12:00:00Z", "profile": "scanner", "metrics": {"signal": 2}}]') #>> '{rejected,0,message}',
  'device "ghost" is not registered', 'a device that is not registered is refused');
select is(pg_temp.metrics('strict', 'scanner'), '{battery}', 'and its metrics with it');

-- No profile grows beyond its limit.
select is(pg_temp.ingest('strict', (select json_agg(json_build_object('device', 's-1', 'ts', '2026-01-31T12:00:00Z', 'metric', 'm' || n, 'value', n)) from generate_series(1, 4100) n))
    - 'rejected', '{"accepted": 4095, "duplicates": 0}', 'a profile has at most 4096 metrics');

-- Retention: what would only go again. The earliest cutoff of the tenant's policies counts.
update fleet.tenant set past_tolerance = null where name = 'acme';
create function pg_temp.taken(age interval) returns text language sql as $$
  select coalesce(a.answer #>> '{rejected,0,message}', 'taken')
  from fleet.ingest(pg_temp.tenant('acme'), json_build_array(json_build_object('device', 's-1', 'ts', now() - age, 'metrics', '{"battery": 1}'::json))) as a (answer)
$$;
create function pg_temp.keep(tenant text, profile text, hot interval) returns void language sql as $$
  delete from ops.retention_policy p where p.object = 'readings' and p.tenant_id is not distinct from pg_temp.tenant(tenant) and p.profile_id is not distinct from pg_temp.profile(tenant, profile);
  insert into ops.retention_policy (tenant_id, profile_id, object, hot, reason) select pg_temp.tenant(tenant), pg_temp.profile(tenant, profile), 'readings', hot, 'test' where hot is not null
$$;
select pg_temp.keep(null, null, '40 days') \g /dev/null
select is(pg_temp.taken('40 days'), 'taken', 'readings are taken as long as they are kept');
select is(pg_temp.taken('40 days 1 second'), 'the reading is more than 40 days old', 'and refused with the limit when they are older');
select pg_temp.keep('acme', null, '20 days') \g /dev/null
select is(pg_temp.taken('21 days'), 'the reading is more than 20 days old', 'a policy of the tenant decides');
select pg_temp.keep('acme', 'scanner', '30 days') \g /dev/null
select is(pg_temp.taken('29 days'), 'taken', 'with a longer one for one profile what may stay is taken');
select is(pg_temp.taken('31 days'), 'the reading is more than 30 days old', 'and what may not is not');
update fleet.tenant set past_tolerance = '10 days' where name = 'acme';
select is(pg_temp.taken('11 days'), 'the reading is more than 10 days old', 'the tenant''s own tolerance may be less');
update fleet.tenant set past_tolerance = null where name = 'acme';
select ops.place_hold('acme', 'court', from_ts => now() - interval '60 days') \gset
select is(pg_temp.taken('59 days'), 'taken', 'what a legal hold covers stays, so it is taken');
update ops.legal_hold set released_at = now(), released_by = 'court' where tenant_id = pg_temp.tenant('acme');
update ops.retention_policy set enabled = false where tenant_id = pg_temp.tenant('acme') and profile_id is null;
select is(pg_temp.taken('5 years'), 'taken', 'and anything where a policy is off');
delete from ops.retention_policy where object = 'readings';
select is(pg_temp.taken('5 years'), 'taken', 'or there is none');

select * from finish();
rollback;
