-- Rules over the API: made, replaced, deleted and tried, by whom, and what is refused.
begin;
set local client_min_messages = warning;
select plan(64);
\ir ../support/names.psql
\ir ../support/requests.psql
\ir ../support/refusal.psql
select ops.create_tenant('acme', 'Acme'), ops.create_tenant('globex', 'Globex') \gset
select fleet.create_profile(pg_temp.tenant(t), 'scanner', '["battery", "signal"]'), fleet.open_stream(pg_temp.tenant(t), 's-1', 'scanner') from unnest('{acme,globex}'::text[]) t \g /dev/null
select fleet.create_profile(pg_temp.tenant('globex'), 'phone', '["volume"]') \gset
insert into fleet.site (tenant_id, path, name) values (pg_temp.tenant('acme'), 'emea', 'Emea'), (pg_temp.tenant('globex'), 'moon', 'Moon');
insert into fleet.reading (tenant_id, stream_id, ts, values)
select pg_temp.tenant(t), pg_temp.stream(t, 's-1'), now() - interval '3 hours' + n * interval '1 minute', array[case when n between 30 and 50 then 5 else 50 end, n]
from unnest('{acme,globex}'::text[]) t, generate_series(0, 120) n;
create function pg_temp.save(definition jsonb, role text default 'tenant_admin', tenant text default 'acme') returns jsonb
language sql as $$ select pg_temp.asked(tenant, role, format('select * from api.save_rule(%L)', definition)) $$;
create function pg_temp.rules(tenant text default 'acme') returns jsonb
language sql as $$ select pg_temp.asked(tenant, 'viewer', $q$select name, kind, status, open_alerts, waiting from api.rules order by name$q$) $$;

-- Making and replacing.
select is(pg_temp.rules(), '[{"kind": "anomaly", "name": "serious anomalies", "status": "new", "waiting": 0, "open_alerts": 0}]', 'a tenant begins with one rule');
select pg_temp.save('{"name": "battery low", "kind": "threshold", "severity": "low", "profile": "scanner", "site": "emea", "device_model": "TC52", "device_attributes": {"floor": 2},
  "labels": {"team": "it"}, "max_age": "2 hours", "params": {"metric": "battery", "op": "<", "levels": {"high": 20}}}') as saved \gset
select is(:'saved'::jsonb -> 0 ->> f, expected, 'a rule: ' || f)
from (values ('name', 'battery low'), ('kind', 'threshold'), ('enabled', 'true'), ('status', 'new'), ('severity', 'low'), ('profile', 'scanner'), ('site', 'emea'), ('device_model', 'TC52'),
  ('device_attributes', '{"floor": 2}'), ('labels', '{"team": "it"}'), ('max_age', '02:00:00'), ('params', '{"op": "<", "levels": {"high": 20}, "metric": "battery"}')) x (f, expected);
select pg_temp.save('{"name": "battery low", "kind": "threshold", "profile": null, "params": {"metric": "battery", "op": "<", "levels": {"high": 20}}}') as saved \gset
select is(:'saved'::jsonb -> 0 ->> f, expected, 'one of the same name takes its place: ' || f)
from (values ('severity', 'high'), ('profile', null), ('site', null), ('device_attributes', null), ('labels', '{}'), ('max_age', '1 day')) x (f, expected);
select is((select count(*) from alerting.rule where tenant_id = pg_temp.tenant('acme')), 2::bigint, 'there is one of a name');
select is((select (e.actor, e.detail -> 0 ->> 'name')::text from audit.entry e where e.tenant_id = pg_temp.tenant('acme') and e.action = 'save_rule' order by e.entry_id desc limit 1), '(tenant_admin@acme,"battery low")', 'it is in the audit trail');
select is((select count(*) from alerting.rule where tenant_id = pg_temp.tenant('globex')), 1::bigint, 'and other tenants have none of it');

-- What it does.
insert into fleet.reading (tenant_id, stream_id, ts, values) values (pg_temp.tenant('acme'), pg_temp.stream('acme', 's-1'), now(), '{5,5}');
select is(alerting.evaluate_rules(pg_temp.tenant('acme')), 1::bigint, 'it is evaluated');
select is(pg_temp.rules() -> 0, '{"kind": "threshold", "name": "battery low", "status": "ok", "waiting": 0, "open_alerts": 1}', 'which shows');
select pg_temp.save('{"name": "battery low", "kind": "threshold", "params": {"metric": "battery", "op": "<", "levels": {"high": 20}}}') \gset
select is(pg_temp.rules() -> 0 ->> 'status', 'ok', 'saved as it is it goes on');
select pg_temp.save('{"name": "battery low", "kind": "threshold", "params": {"metric": "battery", "op": "<", "levels": {"high": 20}, "for": "10 minutes"}}') \gset
select is(pg_temp.rules() -> 0 ->> 'status', 'new', 'changed it begins anew');
select alerting.evaluate_rules(pg_temp.tenant('acme')) \gset
select is(pg_temp.rules() -> 0, '{"kind": "threshold", "name": "battery low", "status": "ok", "waiting": 1, "open_alerts": 0}', 'and may have to wait');
select pg_temp.save('{"name": "battery low", "kind": "threshold", "enabled": false, "params": {"metric": "battery", "op": "<", "levels": {"high": 20}}}') \gset
select is(pg_temp.rules() -> 0 ->> 'status', 'disabled', 'it can be off');

-- Deleting.
select pg_temp.save('{"name": "battery low", "kind": "threshold", "params": {"metric": "battery", "op": "<", "levels": {"high": 20}}}') \gset
select alerting.evaluate_rules(pg_temp.tenant('acme')) \gset
select is(pg_temp.asked('globex', 'tenant_admin', $$select api.delete_rule('battery low')$$) #>> '{}', 'PT404: rule "battery low" does not exist (GET /rules lists the rules.)', 'another tenant does not delete it');
select is(pg_temp.asked('acme', 'tenant_admin', $$select api.delete_rule('battery low') as d$$) #> '{0,d}', '{"name": "battery low", "deleted": true}', 'its own does');
select is(jsonb_array_length(pg_temp.rules()), 1, 'it is gone');
select alerting.evaluate_rules(pg_temp.tenant('acme')) \gset
select is((select array_agg(distinct state) from alerting.alert where tenant_id = pg_temp.tenant('acme')), '{resolved}', 'and its alerts have ended');

-- Trying.
create function pg_temp.try(params jsonb, kind text default 'threshold', tenant text default 'acme', role text default 'analyst', span text default $$now() - interval '4 hours', now() - interval '1 minute'$$) returns jsonb
language sql as $$ select pg_temp.asked(tenant, role, format('select * from api.try_rule(%L, %s)', jsonb_build_object('name', 'x', 'kind', kind, 'params', params), span)) $$;
select pg_temp.try('{"metric": "battery", "op": "<", "levels": {"high": 20}, "for": "10 minutes"}') as tried \gset
select is(jsonb_array_length(:'tried'), 1, 'which alerts a rule would have raised');
select is(:'tried'::jsonb #>> array['0', f], expected, 'it says ' || f)
from (values ('device', 's-1'), ('severity', 'high'), ('value', '5'), ('summary', 'battery is 5 on s-1 (below 20 for 10 minutes)')) x (f, expected);
select is(((:'tried'::jsonb #>> '{0,started_at}')::timestamptz, (:'tried'::jsonb #>> '{0,ended_at}')::timestamptz)::text, (now() - interval '140 minutes', now() - interval '129 minutes')::text, 'from when to when');
select is((select count(*) from alerting.rule where name = 'x'), 0::bigint, 'without making it');
select is(jsonb_array_length(pg_temp.try('{"for": "30 minutes"}', 'no_data')), 1, 'of any kind with history');
select is(pg_temp.try('{"metric": "heat", "window": "2 hours", "slope_per": "1 hour", "op": ">", "levels": {"low": 1}}', 'trend') #>> '{}', '42704: metric "heat" is not in any profile (GET /profiles lists the metrics.)', 'a metric must be there');
select matches(pg_temp.try('{"what": "job", "late": "1 hour"}', 'system') #>> '{}', '^22023: rules of kind system cannot be tried on history', 'system has none');
select matches(pg_temp.try('{"for": "1 hour"}', 'no_data', span => $$now(), now() - interval '1 hour'$$) #>> '{}', '^22023: from must be before to', 'from is before to');
select matches(pg_temp.try('{"for": "1 hour"}', 'no_data', span => $$now() - interval '400 days'$$) #>> '{}', '^22023: a rule is tried on at most 366 days', 'and not too long before');

-- By whom.
select is(pg_temp.save('{"name": "x", "kind": "no_data", "params": {"for": "1 hour"}}', r) #>> '{}', '42501: permission denied for function save_rule', r || ' makes no rules') from unnest('{viewer,analyst,operator}'::text[]) r;
select is(pg_temp.try('{"for": "1 hour"}', 'no_data', role => 'viewer') #>> '{}', '42501: permission denied for function try_rule', 'a viewer tries none');

-- What is refused.
select matches(pg_temp.save(d::jsonb) #>> '{}', '^' || code || ': ' || m || '.* \(.+\)$', 'refused: ' || m)
from (values
  ('[]', '22023', 'a rule is a JSON object'),
  ('{"name": "x", "kind": "no_data", "if": 3}', '22023', 'a rule has no "if"'),
  ('{"name": "x", "kind": "no_data", "site": 3}', '22023', '"site" must be string'),
  ('{"kind": "no_data"}', '22023', 'a rule has a name'),
  ('{"name": " x", "kind": "no_data"}', '22023', 'a rule has a name'),
  ('{"name": "x"}', '22023', 'a rule has a kind'),
  ('{"name": "x", "kind": "magic"}', '22023', 'unknown kind of rule "magic"'),
  ('{"name": "x", "kind": "anomaly", "min_severity": "dire"}', '22023', 'a severity is low'),
  ('{"name": "x", "kind": "anomaly", "min_score": 1}', '22023', '"min_score" must be from 0'),
  ('{"name": "x", "kind": "anomaly", "max_age": "soon"}', '22023', '"max_age" must be a time'),
  ('{"name": "x", "kind": "anomaly", "labels": {"a": 3}}', '22023', 'labels must be an object of short names and strings'),
  ('{"name": "x", "kind": "no_data", "params": {"for": "1 hour"}, "site": "moon"}', '42704', 'site "moon" does not exist'),
  ('{"name": "x", "kind": "no_data", "params": {"for": "1 hour"}, "site": "a b"}', '22023', '"site" must be a path'),
  ('{"name": "x", "kind": "no_data", "params": {"for": "1 hour"}, "profile": "phone"}', '42704', 'profile "phone" does not exist'),
  ('{"name": "x", "kind": "threshold", "params": {"metric": "volume", "op": "<", "levels": {"high": 20}}}', '42704', 'metric "volume" is not in any profile'),
  ('{"name": "x", "kind": "view", "params": {"view": "auth.login"}}', '42704', 'view "auth.login" is not there')) x (d, code, m);

select * from finish();
rollback;
