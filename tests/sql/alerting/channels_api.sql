-- Channels and templates over the API: set up, tried, turned off and removed, by whom, and what of them is shown.
begin;
set local client_min_messages = warning;
\ir ../support/names.psql
\ir ../support/requests.psql
select plan(47);
select ops.create_tenant('acme', 'Acme'), ops.create_tenant('globex', 'Globex') \gset
create function pg_temp.ask(statement text) returns jsonb language sql as $$ select pg_temp.asked('acme', 'tenant_admin', statement) $$;
create function pg_temp.save(definition text) returns jsonb language sql as $$ select pg_temp.ask(format('select * from api.save_channel(%L)', definition)) $$;

-- Set up.
select is(pg_temp.save('{"name": "hook", "kind": "webhook", "config": {"url": "https://hooks.example.com/a"}, "secret_ref": "file:acme/hook", "min_severity": "high"}'),
  '[{"name": "hook", "kind": "webhook", "config": {"url": "https://hooks.example.com/a"}, "secret_ref": "file:acme/hook", "allow_http": false, "language": "en", "min_severity": "high",
    "template": null, "throttle": null, "max_in_flight": 8, "enabled": true}]', 'a channel is made');
update alerting.channel set failure_streak = 7, paused_until = now() + interval '1 hour', enabled = false where tenant_id = pg_temp.tenant('acme');
select is((pg_temp.save('{"name": "hook", "kind": "webhook", "config": {"url": "https://hooks.example.com/b"}, "secret_ref": "env:VIGIL_SECRET_ACME__HOOK", "language": "de"}') -> 0) - 'config',
  '{"name": "hook", "kind": "webhook", "secret_ref": "env:VIGIL_SECRET_ACME__HOOK", "allow_http": false, "language": "de", "min_severity": "low", "template": null, "throttle": null, "max_in_flight": 8, "enabled": false}',
  'and replaced, but for being off');
select is((select row(c.failure_streak, c.paused_until) from alerting.channel c where c.tenant_id = pg_temp.tenant('acme')), row(0, null::timestamptz), 'failures of the one before are not its own');
select matches(pg_temp.save(d) #>> '{}', '^' || message || '.* \(.+\)$', 'refused: ' || message)
from (values
  ('[]', '22023: definition is an object'),
  ('{"name": "x", "kind": "slack", "secret": "x"}', '22023: a channel has no "secret"'),
  ('{"kind": "slack", "secret_ref": "file:acme/x"}', '22023: the channel breaks the rule that it has a name'),
  ('{"name": "x", "kind": "slack"}', '22023: Slack needs secret_ref'),
  ('{"name": "x", "kind": "fax"}', '22023: kind is one of'),
  ('{"name": "hook", "kind": "slack", "secret_ref": "file:acme/x"}', '22023: channel "hook" is of kind webhook, which does not change'),
  ('{"name": "x", "kind": "slack", "secret_ref": "file:globex/x"}', '42501: the secret is not the tenant''s'),
  ('{"name": "x", "kind": "slack", "secret_ref": "file:x"}', '42501: the secret is not the tenant''s'),
  ('{"name": "x", "kind": "slack", "secret_ref": "file:acme/../x"}', '22023: the channel breaks the rule secret_ref_form'),
  ('{"name": "x", "kind": "slack", "secret_ref": "file:acme/x", "min_severity": "dreadful"}', '22023: the channel breaks the rule min_severity_known'),
  ('{"name": "x", "kind": "slack", "secret_ref": "file:acme/x", "template": "gone"}', '42704: template "gone" does not exist')) x (d, message);

-- What a DBA has set up with a secret of the platform stays out of reach.
select ops.add_webhook('acme', 'platform', 'https://hooks.example.com/p', 'platform-hook') \gset
select matches(pg_temp.save('{"name": "platform", "kind": "webhook", "config": {"url": "https://evil.example/"}, "secret_ref": "file:platform-hook"}') #>> '{}', '^42501: ', 'a tenant does not send the platform''s secret elsewhere');

-- Who sees what.
select is((pg_temp.asked('acme', 'viewer', 'select * from api.channels where name = ''hook''') -> 0) - 'created_at', '{"name": "hook", "kind": "webhook", "health": "disabled", "min_severity": "low", "language": "de", "enabled": false,
  "last_success_at": null, "last_failure_at": null, "failure_streak": 0, "paused_until": null, "disabled_at": null, "disabled_reason": null}', 'a viewer sees channels and their health');
select matches(pg_temp.asked('acme', r, 'select * from api.' || v) #>> '{}', '^42501: permission denied for view ' || v, r || ' does not see ' || v)
from unnest('{viewer,analyst,operator}'::text[]) r, unnest('{channel_settings,templates}'::text[]) v;
select matches(pg_temp.asked('acme', 'operator', 'select config from alerting.channel') #>> '{}', '^42501: permission denied for table channel', 'nor by the table');
select is(pg_temp.asked('globex', 'tenant_admin', 'select * from api.channel_settings'), '[]', 'another tenant''s admin sees nothing');

-- Off and on.
select is(pg_temp.ask('select health, enabled from api.enable_channel(''hook'')'), '[{"health": "untried", "enabled": true}]', 'turned on');
select is(pg_temp.ask('select health, disabled_reason from api.disable_channel(''hook'')'), '[{"health": "disabled", "disabled_reason": "turned off by tenant_admin@acme"}]', 'turned off, by whom');
update alerting.channel set disabled_reason = 'gone', failure_streak = 5, paused_until = now() + interval '1 hour' where tenant_id = pg_temp.tenant('acme') and name = 'hook';
select is(pg_temp.ask('select disabled_reason from api.disable_channel(''hook'')'), '[{"disabled_reason": "gone"}]', 'the first reason stays');
select is(pg_temp.ask('select health, disabled_at, disabled_reason, failure_streak, paused_until from api.enable_channel(''hook'')'),
  '[{"health": "untried", "disabled_at": null, "disabled_reason": null, "failure_streak": 0, "paused_until": null}]', 'turned on, nothing of it is left');
update alerting.channel set last_success_at = now(), failure_streak = 1 where tenant_id = pg_temp.tenant('acme') and name = 'hook';
select is(pg_temp.ask('select health from api.channels where name = ''hook'''), '[{"health": "failing"}]', 'health: failing');
update alerting.channel set paused_until = now() + interval '1 hour' where tenant_id = pg_temp.tenant('acme') and name = 'hook';
select is(pg_temp.ask('select health from api.channels where name = ''hook'''), '[{"health": "paused"}]', 'health: paused');
select pg_temp.ask('select * from api.enable_channel(''hook'')') \gset
select matches(pg_temp.asked('globex', 'tenant_admin', 'select api.enable_channel(''hook'')') #>> '{}', '^42704: channel "hook" does not exist', 'another tenant''s channel is not there');

-- Tried.
select pg_temp.ask('select api.test_channel(''hook'') as answer') #>> '{0,answer,notification_id}' as test \gset
select is((select row(n.state, n.purpose, n.max_attempts, n.address, n.payload::jsonb - 'timestamp') from alerting.notification n where n.notification_id = :test),
  row('pending'::text, 'test'::text, 1, null::text, '{"type": "channel.test", "data": {"tenant": "acme", "channel": "hook", "requested_by": "tenant_admin@acme"}}'::jsonb), 'a test is a message that waits for the worker');
select matches((select n.payload::jsonb ->> 'timestamp' from alerting.notification n where n.notification_id = :test), '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$', 'with its time');
select ok((pg_temp.ask('select api.test_channel(''hook'') as answer') #>> '{0,answer,notification_id}')::bigint > :test, 'another is another message');
select matches(pg_temp.ask('select api.test_channel(''hook'', ''x'')') #>> '{}', '^22023: address "x" is one too many', 'a webhook has no addresses');
select pg_temp.save('{"name": "mail", "kind": "email", "config": {"host": "a", "port": 25, "tls": "starttls", "from": "a@example.com"}}') \gset
select matches(pg_temp.ask('select api.test_channel(''mail'')') #>> '{}', '^22023: channel "mail" has no recipient of its own', 'mail needs one');
select pg_temp.ask('select api.test_channel(''mail'', ''b@example.com'') as answer') #>> '{0,answer,notification_id}' as mail_test \gset
select is((select n.address from alerting.notification n where n.notification_id = :mail_test), 'b@example.com', 'and goes there');
select matches(pg_temp.ask('select api.test_channel(name) from api.disable_channel(''mail'')') #>> '{}', '^PT409: channel "mail" is disabled', 'what is off is not tried');

-- Templates.
select is(pg_temp.ask('select name, kind, body, subject from api.save_template(''short'', ''email'', ''b'', ''s'')'), '[{"name": "short", "kind": "email", "body": "b", "subject": "s"}]', 'a template is made');
select is(pg_temp.save('{"name": "mail", "kind": "email", "config": {"host": "a", "port": 25, "tls": "starttls", "from": "a@example.com"}, "template": "short"}') #>> '{0,template}', 'short', 'a channel uses it');
select matches(pg_temp.ask('select api.delete_template(''short'')') #>> '{}', '^PT409: a channel uses template "short"', 'and so it stays');
select matches(pg_temp.ask('select api.save_template(''other'', ''slack'', ''b'', ''s'')') #>> '{}', '^22023: messages of kind slack have neither subject nor html', 'a subject is for mail');

-- Removed.
insert into alerting.escalation_policy (tenant_id, name) select pg_temp.tenant('acme'), 'day';
insert into alerting.escalation_step (tenant_id, policy_id, position) select p.tenant_id, p.policy_id, 1 from alerting.escalation_policy p where p.tenant_id = pg_temp.tenant('acme');
insert into alerting.escalation_target (tenant_id, policy_id, position, target_no, kind, channel_id)
select p.tenant_id, p.policy_id, 1, 1, 'channel', c.channel_id from alerting.escalation_policy p join alerting.channel c using (tenant_id) where p.tenant_id = pg_temp.tenant('acme') and c.name = 'hook';
select matches(pg_temp.ask('select api.delete_channel(''hook'')') #>> '{}', '^PT409: escalation policy "day" tells channel "hook" \(.+\)$', 'a channel that a policy tells stays');
delete from alerting.escalation_target t where t.tenant_id = pg_temp.tenant('acme');
update alerting.notification set state = 'claimed', claimed_by = 'w', lease_until = now() where notification_id = :test;
select matches(pg_temp.ask('select api.delete_channel(''hook'')') #>> '{}', '^PT409: messages to channel "hook" are being sent just now', 'and one that is being used');
update alerting.notification set state = 'pending', claimed_by = null, lease_until = null where notification_id = :test;
select is(pg_temp.ask('select api.delete_channel(''hook'') as answer'), '[{"answer": {"deleted": "hook", "suppressed": 2}}]', 'then it goes, with what was waiting');
select matches(pg_temp.ask('select api.delete_channel(''hook'')') #>> '{}', '^42704: channel "hook" does not exist', 'once');
select is(count(*) filter (where pg_temp.asked('acme', 'operator', s) #>> '{}' not like '42501: permission denied for function %'), 0::bigint, 'all this is for tenant_admin')
from unnest(array['select api.save_channel(''{}'')', 'select api.enable_channel(''x'')', 'select api.disable_channel(''x'')', 'select api.delete_channel(''x'')', 'select api.test_channel(''x'')',
  'select api.save_template(''x'', ''email'', ''b'')', 'select api.delete_template(''x'')']) s;
select * from finish();
rollback;
