-- Matchers of labels: what holds, and which lists are refused.
begin;
set local client_min_messages = warning;
\ir ../support/names.psql
\ir ../support/refusal.psql
select plan(52);
select ops.create_tenant('acme', 'Acme') \gset

-- Each matcher alone, against one set of labels.
select is(alerting.labels_match('{"rule": "heat", "site": "emea.de", "n": "5%"}', jsonb_build_array(m::jsonb)), expected, m)
from (values
  ('{"label": "rule", "op": "=", "value": "heat"}', true),
  ('{"label": "rule", "op": "=", "value": "hea"}', false),
  ('{"label": "gone", "op": "=", "value": ""}', true),
  ('{"label": "rule", "op": "!=", "value": "heat"}', false),
  ('{"label": "gone", "op": "!=", "value": "heat"}', true),
  ('{"label": "gone", "op": "!=", "value": ""}', false),
  ('{"label": "rule", "op": "in", "value": ["cold", "heat"]}', true),
  ('{"label": "rule", "op": "in", "value": ["cold"]}', false),
  ('{"label": "gone", "op": "in", "value": [""]}', true),
  ('{"label": "rule", "op": "not_in", "value": ["cold", "heat"]}', false),
  ('{"label": "gone", "op": "not_in", "value": ["cold"]}', true),
  ('{"label": "rule", "op": "like", "value": "h_a%"}', true),
  ('{"label": "rule", "op": "like", "value": "h"}', false),
  ('{"label": "n", "op": "like", "value": "5\\%"}', true),
  ('{"label": "rule", "op": "not_like", "value": "h%"}', false),
  ('{"label": "gone", "op": "not_like", "value": "_%"}', true),
  ('{"label": "site", "op": "below", "value": "emea"}', true),
  ('{"label": "site", "op": "below", "value": "emea.de"}', true),
  ('{"label": "site", "op": "below", "value": "emea.d"}', false),
  ('{"label": "site", "op": "below", "value": "emea.de.berlin"}', false),
  ('{"label": "n", "op": "below", "value": "emea"}', false),
  ('{"label": "gone", "op": "below", "value": "emea"}', false)) x (m, expected);
select ok(alerting.labels_match('{}', '[]'), 'an empty list holds for everything');
select ok(not alerting.labels_match('{"a": "1", "b": "2"}', '[{"label": "a", "op": "=", "value": "1"}, {"label": "b", "op": "=", "value": "1"}]'), 'all must hold');
select ok(alerting.labels_match('{"a": "1", "b": "2"}', '[{"label": "a", "op": "=", "value": "1"}, {"label": "b", "op": "=", "value": "2"}]'), 'and then do');
select is(alerting.required_labels('[{"label": "a", "op": "=", "value": "1"}, {"label": "b", "op": "!=", "value": "2"}, {"label": "c", "op": "=", "value": ""}]'), '{"a": "1"}',
  'only what must be there is required');
select is(alerting.required_labels('[]'), '{}', 'nothing is required of an empty list');

select is(alerting.matchers_problem(m::jsonb), problem, coalesce(problem, 'well-formed') || ': ' || left(m, 70))
from (values
  ('[]', null),
  ('[{"label": "a", "op": "in", "value": ["x"]}, {"label": "a", "op": "like", "value": "100\\\\"}]', null),
  (null, 'matchers are a list'),
  ('{}', 'matchers are a list'),
  ('["a"]', 'matcher 1 is not an object of label, op and value'),
  ('[{"label": "a", "op": "="}]', 'matcher 1 is not an object of label, op and value'),
  ('[{"label": "a", "op": "=", "value": "x", "also": 1}]', 'matcher 1 is not an object of label, op and value'),
  ('[{"label": "", "op": "=", "value": "x"}]', 'matcher 1 has no label of 1 to 100 characters'),
  ('[{"label": 5, "op": "=", "value": "x"}]', 'matcher 1 has no label of 1 to 100 characters'),
  ('[{"label": "a", "op": "=", "value": "x"}, {"label": "a", "op": "~", "value": "x"}]', 'matcher 2 has an unknown op'),
  ('[{"label": "a", "op": null, "value": "x"}]', 'matcher 1 has an unknown op'),
  ('[{"label": "a", "op": "in", "value": "x"}]', 'matcher 1 has no list of texts for in'),
  ('[{"label": "a", "op": "in", "value": ["x", 1]}]', 'matcher 1 has no list of texts for in'),
  ('[{"label": "a", "op": "not_in", "value": []}]', 'matcher 1 has no list of 1 to 1000 texts for not_in'),
  ('[{"label": "a", "op": "=", "value": 5}]', 'matcher 1 has no text for ='),
  ('[{"label": "a", "op": "like", "value": "x\\"}]', 'matcher 1 has a pattern that ends with an escape character'),
  ('[{"label": "a", "op": "below", "value": "emea..de"}]', 'matcher 1 has no path such as emea.de for below'),
  ('[{"label": "a", "op": "below", "value": ""}]', 'matcher 1 has no path such as emea.de for below')) x (m, problem);
select is(alerting.matchers_problem((select jsonb_agg('{"label": "a", "op": "=", "value": "x"}'::jsonb) from generate_series(1, 21))), 'there are more than 20 matchers', 'twenty matchers at most');
-- What is well-formed never fails when it is used.
select lives_ok($$ select alerting.labels_match('{"a": "100\\"}', '[{"label": "a", "op": "like", "value": "100\\\\"}]') $$, 'an escaped escape character is no mistake');

select matches(pg_temp.refusal(format($$insert into alerting.%s (tenant_id, %s) values (%s, %s)$$, t, c, pg_temp.tenant('acme'), v)), '^22023: .+ \(.+\)$', t || ' refuses ' || v)
from (values
  ('silence', 'matchers, reason, created_by', $$'[{"label": "a"}]', 'x', 'x'$$),
  ('silence', 'matchers, reason, created_by', $$'[]', 'x', 'x'$$),
  ('inhibition', 'name, source_matchers, target_matchers', $$'x', '[]', '[]'$$),
  ('inhibition', 'name, source_matchers, target_matchers', $$'x', '[{"label": "a", "op": "=", "value": "x"}]', '["x"]'$$),
  ('route', 'name, matchers', $$'x', '["x"]'$$)) x (t, c, v);
select * from finish();
rollback;
