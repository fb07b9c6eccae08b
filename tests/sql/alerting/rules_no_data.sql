-- Rules about silence: of devices, and of sites.
begin;
set local client_min_messages = warning;
select plan(29);
\ir ../support/names.psql
\ir ../support/refusal.psql
select ops.create_tenant('acme', 'Acme') \gset
select fleet.create_profile(pg_temp.tenant('acme'), 'scanner', '["battery"]'), fleet.create_profile(pg_temp.tenant('acme'), 'printer', '["ink"]') \gset
insert into fleet.site (tenant_id, path, name)
select pg_temp.tenant('acme'), p::public.ltree, 'Site ' || p from unnest('{emea,emea.berlin,emea.paris,apac}'::text[]) p;
select fleet.open_stream(pg_temp.tenant('acme'), d, 'scanner') from unnest('{b-1,b-2,p-1,p-2,a-1,n-1}'::text[]) d \g /dev/null
select fleet.open_stream(pg_temp.tenant('acme'), 'b-1', 'printer') \gset
update fleet.device d set site_id = pg_temp.site('acme', case left(external_id, 1) when 'b' then 'emea.berlin' when 'p' then 'emea.paris' when 'a' then 'apac' end), registered_at = now() - interval '2 hours'
where tenant_id = pg_temp.tenant('acme');
delete from alerting.rule where tenant_id = pg_temp.tenant('acme');

create function pg_temp.instant(minute float8) returns timestamptz
language sql stable as $$ select date_trunc('minute', now()) - interval '2 hours' + minute * interval '1 minute' $$;
create function pg_temp.read(device text, minute float8, profile text default 'scanner') returns void
language sql as $$
  insert into fleet.reading (tenant_id, stream_id, ts, values)
  select st.tenant_id, st.stream_id, pg_temp.instant(minute), '{50}'
  from fleet.stream st join fleet.device d using (tenant_id, device_id)
  where st.tenant_id = pg_temp.tenant('acme') and d.external_id = device and st.profile_id = pg_temp.profile('acme', profile)
$$;
create function pg_temp.run(minute float8) returns bigint
language sql as $$ select alerting.evaluate_rules(pg_temp.tenant('acme'), pg_temp.instant(minute)) $$;
create function pg_temp.open() returns table (rule text, device text, site text)
language sql as $$
  select al.labels ->> 'rule', al.labels ->> 'device', al.labels ->> 'site' from alerting.alert al where al.tenant_id = pg_temp.tenant('acme') and al.state = 'open'
$$;
create function pg_temp.start(params jsonb) returns void
language sql as $$
  delete from alerting.alert where tenant_id = pg_temp.tenant('acme');
  delete from alerting.rule where tenant_id = pg_temp.tenant('acme');
  insert into alerting.rule (tenant_id, name, kind, params) values (pg_temp.tenant('acme'), 'silent', 'no_data', params);
$$;

-- Devices.
select pg_temp.read(d, 0) from unnest('{b-1,b-2,p-1,p-2,a-1}'::text[]) d \g /dev/null
select pg_temp.start('{"for": "15 minutes"}') \gset
select is(pg_temp.run(14.9), 0::bigint, 'silence that has not lasted');
select pg_temp.read('b-1', 15, 'printer'), pg_temp.read('b-2', 15), pg_temp.read('p-1', 15), pg_temp.read('p-2', 15) \gset
select is(pg_temp.run(15), 0::bigint, 'a rule rests between evaluations');
select is(pg_temp.run(15.1), 1::bigint, 'silence that has');
select results_eq('select * from pg_temp.open()', $$values ('silent', 'a-1', 'apac')$$, 'raises an alert for the device; any of its profiles counts as a sign of life');
select results_eq($$select severity, summary, value, dedup_key = format('rule:%s:device:%s', rule_id, device_id) from alerting.alert where tenant_id = pg_temp.tenant('acme')$$,
  $$select 'high', format('a-1 has sent nothing since %s UTC', to_char(pg_temp.instant(0) at time zone 'UTC', 'YYYY-MM-DD HH24:MI')), 906::float8, true$$, 'that says since when');
select results_eq($$select firing_since from alerting.rule_state where tenant_id = pg_temp.tenant('acme')$$, $$select pg_temp.instant(15)$$, 'it fires as of the moment at which it had lasted');
select is(pg_temp.run(16), 0::bigint, 'once');
select is((select occurrences from alerting.alert where tenant_id = pg_temp.tenant('acme')), 1::bigint, 'and is not counted at each look');
select pg_temp.run(20.1) \gset
select is((select occurrences from alerting.alert where tenant_id = pg_temp.tenant('acme')), 2::bigint, 'but every five minutes');
select pg_temp.read('a-1', 21) \gset
select is(pg_temp.run(21.2), 1::bigint, 'data ends it');
select is_empty('select * from pg_temp.open()', 'at once');
select is_empty($$select * from alerting.rule_state where tenant_id = pg_temp.tenant('acme')$$, 'and nothing is left to remember');

-- The profile of the rule is the one whose silence counts.
select pg_temp.start('{"for": "15 minutes"}') \gset
update alerting.rule set profile_id = pg_temp.profile('acme', 'scanner') where tenant_id = pg_temp.tenant('acme');
select pg_temp.run(22) \gset
select results_eq('select device from pg_temp.open()', $$values ('b-1')$$, 'of a rule for a profile only that profile counts');

-- Devices that never reported.
select pg_temp.start('{"for": "15 minutes", "never": true}') \gset
select pg_temp.run(22) \gset
select results_eq($$select labels ->> 'device', summary from alerting.alert where tenant_id = pg_temp.tenant('acme')$$, $$values ('n-1', 'n-1 has never sent anything')$$, 'a device that never reported counts where the rule says so');

-- Sites.
select pg_temp.start('{"for": "15 minutes", "per": "site"}') \gset
select pg_temp.read('p-1', 40), pg_temp.read('p-2', 40), pg_temp.read('a-1', 40) \gset
select is(pg_temp.run(45), 1::bigint, 'a site is down when all its devices are silent');
select results_eq('select rule, device, site from pg_temp.open()', $$values ('silent', null, 'emea.berlin')$$, 'with its path as a label');
select results_eq($$select summary, value, labels ->> 'kind', dedup_key = format('rule:%s:site:emea.berlin', rule_id) from alerting.alert where tenant_id = pg_temp.tenant('acme')$$,
  $$values ('2 of 2 devices at Site emea.berlin send nothing', 1::float8, 'no_data', true)$$, 'and how many there are');
select pg_temp.read('a-1', 55), pg_temp.run(56) \gset
select set_eq('select site from pg_temp.open()', $$values ('emea.berlin'), ('emea.paris'), ('emea')$$, 'with all that is below; devices without data do not count');
select pg_temp.read('p-1', 57), pg_temp.run(58) \gset
select set_eq('select site from pg_temp.open()', $$values ('emea.berlin')$$, 'one device is a sign of life');
select pg_temp.start('{"for": "15 minutes", "per": "site", "share": 0.75}') \gset
select pg_temp.run(58) \gset
select set_eq('select site from pg_temp.open()', $$values ('emea.berlin'), ('emea')$$, 'a share is enough where the rule says so');
update alerting.rule set site = 'emea.berlin' where tenant_id = pg_temp.tenant('acme');
select pg_temp.run(59) \gset
select set_eq('select site from pg_temp.open()', $$values ('emea.berlin')$$, 'within the scope of the rule');

-- A site that is silent explains its devices; a device of a site that is not speaks for itself.
select pg_temp.start('{"for": "15 minutes"}') \gset
insert into alerting.rule (tenant_id, name, kind, params) values (pg_temp.tenant('acme'), 'silent site', 'no_data', '{"for": "15 minutes", "per": "site"}');
delete from alerting.incident where tenant_id = pg_temp.tenant('acme');
select pg_temp.read('a-1', 119), pg_temp.read('p-1', 119) \gset
select pg_temp.run(120) \gset
select set_eq($$select al.labels ->> 'device', al.muted_by from alerting.alert al where al.tenant_id = pg_temp.tenant('acme') and al.labels ? 'device'$$,
  $$values ('b-1', 'inhibition'), ('b-2', 'inhibition'), ('p-2', null)$$, 'devices of a silent site are muted from the beginning');
select set_eq($$select i.title from alerting.incident i where i.tenant_id = pg_temp.tenant('acme') and i.state = 'open'$$,
  $$select al.summary from alerting.alert al where al.tenant_id = pg_temp.tenant('acme') and (al.labels ->> 'device' = 'p-2' or al.labels ->> 'subject_kind' = 'site')$$, 'and only the others are incidents');

-- What is refused.
select matches(pg_temp.refusal(format('select pg_temp.start(%L)', p)), '^22023: ' || m || '.* \(Rules of this kind take params such as \{"for": "15 minutes"\}', 'refused: ' || m)
from (values
  ('{}', 'rules of kind no_data need "for"'),
  ('{"for": "15 minutes", "per": "continent"}', '"per" must be one of device, site'),
  ('{"for": "15 minutes", "share": 0.5}', '"share" goes with "per": "site"'),
  ('{"for": "15 minutes", "per": "site", "share": 0}', '"share" must be a number above 0'),
  ('{"for": "15 minutes", "never": "yes"}', '"never" must be true or false'),
  ('{"for": "15 minutes", "every": "1 ms"}', '"every" must be a time')) x (p, m);

select * from finish();
rollback;
