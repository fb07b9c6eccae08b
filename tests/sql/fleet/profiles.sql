-- Profiles are append-only contracts.
begin;
select plan(27);
\ir ../support/refusal.psql
\ir ../support/names.psql

-- The chain written out: each metric hashed together with the hash before it, starting from the hash of nothing.
create function pg_temp.chain(tenant text, profile text) returns bytea
language plpgsql as $$
declare
  v_hash bytea := sha256('');
  v_metric fleet.metric;
begin
  for v_metric in
    select m.* from fleet.metric m
    where m.tenant_id = pg_temp.tenant($1) and m.profile_id = pg_temp.profile($1, $2)
    order by m.position
  loop
    v_hash := sha256(v_hash || convert_to(jsonb_build_array(v_metric.position, v_metric.name, v_metric.unit, v_metric.kind)::text, 'UTF8'));
  end loop;
  return v_hash;
end $$;
create function pg_temp.contract(tenant text, profile text) returns bytea
language sql as $$ select p.contract_sha256 from fleet.profile p where p.profile_id = pg_temp.profile($1, $2) $$;

select ops.create_tenant('acme', 'Acme'), ops.create_tenant('globex', 'Globex') \gset
select fleet.create_profile(pg_temp.tenant('acme'), 'scanner',
  '["battery", {"name": "storage", "unit": "MB", "kind": "counter", "description": "free"}]') \gset

select results_eq(
  $$select position, name, unit, kind, description from fleet.metric where profile_id = pg_temp.profile('acme', 'scanner') order by 1$$,
  $$values (1, 'battery', '', 'gauge', null), (2, 'storage', 'MB', 'counter', 'free')$$,
  'metrics are numbered in the order they are given');
select is((select metric_names from fleet.profile where name = 'scanner'), '{battery,storage}', 'the profile lists their names');
select is(pg_temp.contract('acme', 'scanner'), pg_temp.chain('acme', 'scanner'), 'its hash is the chain over the metrics');
select results_eq(
  $$select current, feature_count from detect.feature_set where profile_id = pg_temp.profile('acme', 'scanner')$$,
  $$values (true, 8)$$,
  'a profile starts with a feature set');

-- The same metrics make the same contract, whoever owns them; another order or unit makes another.
select fleet.create_profile(pg_temp.tenant('globex'), p.name, p.metrics)
from (values
  ('same', '[{"name": "battery"}, {"name": "storage", "unit": "MB", "kind": "counter"}]'::jsonb),
  ('order', '[{"name": "storage", "unit": "MB", "kind": "counter"}, "battery"]'),
  ('unit', '["battery", {"name": "storage", "unit": "GB", "kind": "counter"}]'),
  ('kind', '["battery", {"name": "storage", "unit": "MB"}]'),
  ('name', '["battery", {"name": "storages", "unit": "MB", "kind": "counter"}]')
) as p (name, metrics) \g /dev/null
select is(pg_temp.contract('globex', 'same'), pg_temp.contract('acme', 'scanner'), 'equal metrics make an equal contract');
select is(
  (select array_agg(p.name order by p.name) from fleet.profile p
    where p.tenant_id = pg_temp.tenant('globex') and p.contract_sha256 <> pg_temp.contract('acme', 'scanner')),
  '{kind,name,order,unit}', 'name, order, unit and kind are part of it');

-- Changing what is not part of the contract leaves the hash alone.
create temp table before as select pg_temp.contract('acme', 'scanner') as sha256;
select lives_ok($$update fleet.metric set description = 'charge' where profile_id = pg_temp.profile('acme', 'scanner') and name = 'battery'$$,
  'a description may change');
select is(pg_temp.contract('acme', 'scanner'), (table before), 'and changes no hash');

-- What stored vectors depend on cannot be changed or removed.
select is(
  (select array_agg(distinct pg_temp.refusal(format(
    $$update fleet.metric set %s where profile_id = pg_temp.profile('acme', 'scanner') and name = 'battery'$$, change)))
    from unnest('{position = 3,name = ''charge'',unit = ''%'',kind = ''state''}'::text[]) change),
  '{"55000: metric \"battery\" is part of a profile and cannot be changed (Append a new metric; stored vectors depend on this one.)"}',
  'position, name, unit and kind are fixed');
select is(pg_temp.refusal($$delete from fleet.metric where profile_id = pg_temp.profile('acme', 'scanner') and name = 'storage'$$),
  '55000: metric "storage" is part of a profile and cannot be removed (Stop sending the metric; stored vectors depend on its position.)',
  'not even the last metric can be removed');
select is(pg_temp.contract('acme', 'scanner'), pg_temp.chain('acme', 'scanner'), 'the contract still holds');

-- Appending.
select is(pg_temp.refusal($$insert into fleet.metric (tenant_id, profile_id, position, name)
    values (pg_temp.tenant('acme'), pg_temp.profile('acme', 'scanner'), 4, 'signal')$$),
  '22023: the next metric of this profile has position 3, not 4 (Leave the position out to append.)', 'no position is left out');
select is(pg_temp.refusal($$insert into fleet.metric (tenant_id, profile_id, position, name)
    values (pg_temp.tenant('acme'), pg_temp.profile('acme', 'scanner'), 1, 'signal')$$),
  '22023: the next metric of this profile has position 3, not 1 (Leave the position out to append.)', 'or taken twice');
select matches(pg_temp.refusal($$insert into fleet.metric (tenant_id, profile_id, position, name)
    values (pg_temp.tenant('acme'), pg_temp.profile('acme', 'scanner'), null, 'battery')$$),
  '^23505: .*metric_name_unique', 'a name is taken once');
select lives_ok($$insert into fleet.metric (tenant_id, profile_id, position, name, unit)
    values (pg_temp.tenant('acme'), pg_temp.profile('acme', 'scanner'), null, 'signal', 'dBm')$$, 'a metric can be appended');
select is((select array_agg(name order by position) from fleet.metric where profile_id = pg_temp.profile('acme', 'scanner')),
  '{battery,storage,signal}', 'at the end');
select is((select metric_names from fleet.profile where profile_id = pg_temp.profile('acme', 'scanner')),
  '{battery,storage,signal}', 'and in the profile''s list');
select isnt(pg_temp.contract('acme', 'scanner'), (table before), 'the hash changes');
select is(pg_temp.contract('acme', 'scanner'), pg_temp.chain('acme', 'scanner'), 'to the chain over all of them');
select is(
  sha256((table before) || convert_to('[3, "signal", "dBm", "gauge"]', 'UTF8')), pg_temp.contract('acme', 'scanner'),
  'which continues the hash before it');

-- Malformed profiles leave nothing behind.
select is(
  (select array_agg(distinct pg_temp.refusal(format($$select fleet.create_profile(pg_temp.tenant('acme'), 'bad', %L)$$, metrics)))
    from unnest(array['[]', '{}', '"battery"', 'null', null]) metrics),
  '{"22023: metrics must be a non-empty array (Give names, [\"battery\", \"storage\"], or objects, [{\"name\": \"battery\", \"unit\": \"%\", \"kind\": \"gauge\"}].)"}',
  'metrics are a non-empty array');
select matches(pg_temp.refusal($$select fleet.create_profile(pg_temp.tenant('acme'), 'bad', '["a", "a"]')$$), '^23505: .*metric_name_unique', 'of different names');
select is(
  (select count(*) from unnest(array['["with space"]', '["0digit"]', '[""]', '[{"name": "a", "kind": "guess"}]', format('["%s"]', repeat('a', 64))]) metrics
    where pg_temp.refusal(format($$select fleet.create_profile(pg_temp.tenant('acme'), 'bad', %L)$$, metrics)) like '23514:%'), 5::bigint,
  'that are words, of a known kind');
select matches(pg_temp.refusal($$select fleet.create_profile(pg_temp.tenant('acme'), 'no good', '["a"]')$$), '^23514: .*profile_name_is_slug', 'a profile''s name is a slug');
select matches(pg_temp.refusal($$select fleet.create_profile(pg_temp.tenant('acme'), 'scanner', '["a"]')$$), '^23505: .*profile_name_unique', 'and taken once in a tenant');
select is((select count(*) from fleet.profile where tenant_id = pg_temp.tenant('acme')), 1::bigint, 'nothing of them stays');

-- A profile goes as a whole.
delete from fleet.profile where profile_id = pg_temp.profile('acme', 'scanner');
select is((select count(*) from fleet.metric where tenant_id = pg_temp.tenant('acme')), 0::bigint, 'deleting a profile takes its metrics along');

select * from finish();
rollback;
