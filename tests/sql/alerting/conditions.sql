-- Alerts about the system itself: opened once, sent once, resolved when it passes.
begin;
set local client_min_messages = warning;
select plan(15);
\ir ../support/names.psql
\ir ../support/engines.psql
insert into alerting.channel (tenant_id, name, url, secret_ref, enabled)
select pg_temp.tenant('acme'), n, 'https://hooks.example.com/' || n, 'hook', n <> 'asleep' from unnest('{day,asleep}'::text[]) n;
create function pg_temp.raise(severity text, summary text) returns boolean
language sql as $$ select alerting.raise_condition(pg_temp.tenant('acme'), 'source/warehouse', severity, summary) $$;
create function pg_temp.told() returns table (channel text, state text, body jsonb)
language sql as $$
  select c.name, al.state, n.payload::jsonb
  from alerting.notification n join alerting.channel c using (tenant_id, channel_id) join alerting.alert al using (tenant_id, alert_id)
  where n.tenant_id = pg_temp.tenant('acme') and al.dedup_key = 'source/warehouse'
$$;

select ok(pg_temp.raise('high', 'warehouse cannot be read'), 'a condition opens an alert');
select is((select array_agg(t.channel) from pg_temp.told() t where t.channel <> 'demo'), '{day}', 'each enabled channel is told');
select is((select t.body #> '{data,dedup_key}' from pg_temp.told() t limit 1), '"source/warehouse"', 'the message names the condition');
select is((select t.body #>> '{data,summary}' from pg_temp.told() t limit 1), 'warehouse cannot be read', 'and says what it is');
select ok((select not t.body -> 'data' ?| '{anomaly_id,rule,device}' from pg_temp.told() t limit 1), 'and nothing of a device');
select count(*) as told from pg_temp.told() \gset
select ok(not pg_temp.raise('critical', 'warehouse cannot be read for an hour'), 'while it lasts it is the same alert');
select is((select count(*) from pg_temp.told()), :told::bigint, 'nobody is told again');
select results_eq($$ select severity, summary, state from alerting.alert where tenant_id = pg_temp.tenant('acme') and dedup_key = 'source/warehouse' $$,
  $$ values ('critical', 'warehouse cannot be read for an hour', 'open') $$, 'and it says how things stand');
select ok(alerting.clear_condition(pg_temp.tenant('acme'), 'source/warehouse'), 'it passes');
select ok((select state = 'resolved' and resolved_at is not null from alerting.alert where tenant_id = pg_temp.tenant('acme') and dedup_key = 'source/warehouse'), 'and the alert is resolved');
select ok(not alerting.clear_condition(pg_temp.tenant('acme'), 'source/warehouse'), 'once');
select ok(pg_temp.raise('high', 'again'), 'when it comes back it is a new alert');
select throws_ok($$ select pg_temp.raise('dreadful', 'x') $$, '23514', null, 'a condition of another severity does not open') from (select alerting.clear_condition(pg_temp.tenant('acme'), 'source/warehouse')) c;
select throws_ok($$ select alerting.raise_condition(pg_temp.tenant('acme'), 'two words', 'high', 'x') $$, '23514', null, 'a dedup key is one word');
select is((select alerting.raise_alerts(pg_temp.tenant('acme'))), 0::bigint, 'the job for anomalies leaves conditions alone');
select * from finish();
rollback;
