-- What a channel of each kind needs, and what is refused.
begin;
set local client_min_messages = warning;
\ir ../support/names.psql
\ir ../support/refusal.psql
select plan(84);
select ops.create_tenant('acme', 'Acme') \gset

select is(alerting.channel_problem(k, c::jsonb, s, h), problem, k || ' ' || c || coalesce(': ' || problem, ''))
from (values
  ('webhook', '{"url": "https://hooks.example.com/a?b=c@d"}', 'file:hook', false, null),
  ('webhook', '{"url": "http://127.0.0.1:9/"}', 'file:hook', true, null),
  ('webhook', '{"url": "https://hooks.example.com"}', null, false, 'a webhook needs secret_ref, the key that signs'),
  ('webhook', '{}', 'file:hook', false, 'config: "url" is no URL such as https://host/path, without a user'),
  ('webhook', '{"url": "http://hooks.example.com/"}', 'file:hook', false, 'config: "url" is not https'),
  ('webhook', '{"url": "https://a:b@example.com/"}', 'file:hook', false, 'config: "url" is no URL such as https://host/path, without a user'),
  ('webhook', '{"url": "https://example.com\\@evil.example/"}', 'file:hook', false, 'config: "url" is no URL such as https://host/path, without a user'),
  ('webhook', '{"url": "https://exa mple.com/"}', 'file:hook', false, 'config: "url" is no URL such as https://host/path, without a user'),
  ('webhook', '{"url": "https://example.com/\r\nHost: x"}', 'file:hook', false, 'config: "url" is no URL such as https://host/path, without a user'),
  ('webhook', '{"url": "ftp://example.com/"}', 'file:hook', true, 'config: "url" is no URL such as https://host/path, without a user'),
  ('webhook', '{"url": "https:///x"}', 'file:hook', true, 'config: "url" is no URL such as https://host/path, without a user'),
  ('webhook', '{"url": 5}', 'file:hook', true, 'config: "url" is a text'),
  ('webhook', '{"url": "https://example.com", "header": "x"}', 'file:hook', true, 'config of kind webhook has no "header"; it has url'),
  ('email', '{"host": "smtp.example.com", "port": 587, "tls": "starttls", "from": "vigil@example.com", "username": "vigil", "reply_to": "team@example.com", "to": ["a@example.com", "b+c@example.com"]}', 'file:mail', false, null),
  ('email', '{"host": "smtp.example.com", "port": 465, "tls": "implicit", "from": "Vigil at work <vigil@example.com>"}', null, false, null),
  ('email', '{"host": "::1", "port": 25, "tls": "none", "from": "vigil@example.com"}', null, true, null),
  ('email', '{"host": "smtp.example.com", "port": 25, "tls": "none", "from": "vigil@example.com"}', null, false, 'mail without TLS needs allow_http'),
  ('email', '{"port": 587, "tls": "starttls", "from": "vigil@example.com"}', null, false, 'config: "host" is the name of a mail server'),
  ('email', '{"host": "a b", "port": 587, "tls": "starttls", "from": "vigil@example.com"}', null, false, 'config: "host" is the name of a mail server'),
  ('email', '{"host": "a", "port": "587", "tls": "starttls", "from": "vigil@example.com"}', null, false, 'config: "port" is a number from 1 to 65535, such as 587'),
  ('email', '{"host": "a", "port": 0, "tls": "starttls", "from": "vigil@example.com"}', null, false, 'config: "port" is a number from 1 to 65535, such as 587'),
  ('email', '{"host": "a", "port": 587.5, "tls": "starttls", "from": "vigil@example.com"}', null, false, 'config: "port" is a number from 1 to 65535, such as 587'),
  ('email', '{"host": "a", "tls": "starttls", "from": "vigil@example.com"}', null, false, 'config: "port" is a number from 1 to 65535, such as 587'),
  ('email', '{"host": "a", "port": 587, "from": "vigil@example.com"}', null, false, 'config: "tls" is starttls, implicit or none'),
  ('email', '{"host": "a", "port": 587, "tls": "starttls"}', null, false, 'config: "from" is an email address, alone or as in Vigil <vigil@example.com>'),
  ('email', '{"host": "a", "port": 587, "tls": "starttls", "from": "x\r\nBcc: y@example.com <vigil@example.com>"}', null, false, 'config: "from" is an email address, alone or as in Vigil <vigil@example.com>'),
  ('email', '{"host": "a", "port": 587, "tls": "starttls", "from": "vigil@example.com", "reply_to": "nobody"}', null, false, 'config: "reply_to" is an email address'),
  ('email', '{"host": "a", "port": 587, "tls": "starttls", "from": "vigil@example.com", "username": "v"}', null, false, 'with a username, email needs secret_ref, the password'),
  ('email', '{"host": "a", "port": 587, "tls": "starttls", "from": "vigil@example.com", "to": "a@example.com"}', null, false, 'config: "to" is a list of 1 to 50 addresses'),
  ('email', '{"host": "a", "port": 587, "tls": "starttls", "from": "vigil@example.com", "to": []}', null, false, 'config: "to" is a list of 1 to 50 addresses'),
  ('email', '{"host": "a", "port": 587, "tls": "starttls", "from": "vigil@example.com", "to": ["a@example.com", "b"]}', null, false, 'config: "b" in "to" is no email address'),
  ('email', '{"host": "a", "port": 587, "tls": "starttls", "from": "vigil@example.com", "password": "x"}', 'file:mail', false, 'config of kind email has no "password"; the secret is named by secret_ref and never written here'),
  ('slack', '{}', 'env:VIGIL_SECRET_SLACK', false, null),
  ('slack', '{}', null, false, 'Slack needs secret_ref: the URL of its webhook is the secret'),
  ('slack', '{"url": "https://hooks.slack.com/x"}', 'file:slack', false, 'config of kind slack has no "url"; it is empty'),
  ('teams', '{}', 'file:teams', false, null),
  ('teams', '{}', null, false, 'Teams needs secret_ref: the URL of its webhook is the secret'),
  ('pagerduty', '{}', 'file:pd', false, null),
  ('pagerduty', '{"endpoint": "https://events.eu.pagerduty.com/v2/enqueue"}', 'file:pd', false, null),
  ('pagerduty', '{"endpoint": "http://127.0.0.1/"}', 'file:pd', false, 'config: "endpoint" is not https'),
  ('pagerduty', '{"routing_key": "x"}', 'file:pd', false, 'config of kind pagerduty has no "routing_key"; the secret is named by secret_ref and never written here'),
  ('pagerduty', '{}', null, false, 'PagerDuty needs secret_ref, the routing key'),
  ('sms', '{"account_sid": "AC1", "from": "+4930123456"}', 'file:sms', false, null),
  ('sms', '{"account_sid": "AC1", "from": "Vigil", "to": ["+4917012345678"], "validity_seconds": 600}', 'file:sms', false, null),
  ('sms', '{"account_sid": "AC1", "messaging_service_sid": "MG1", "endpoint": "http://127.0.0.1:9"}', 'file:sms', true, null),
  ('sms', '{"account_sid": "AC1"}', 'file:sms', false, 'config has either "from" or "messaging_service_sid"'),
  ('sms', '{"account_sid": "AC1", "from": "Vigil", "messaging_service_sid": "MG1"}', 'file:sms', false, 'config has either "from" or "messaging_service_sid"'),
  ('sms', '{"account_sid": "../x", "from": "Vigil"}', 'file:sms', false, 'config: "account_sid" is the id of the account'),
  ('sms', '{"account_sid": "AC1", "from": "a name that is too long"}', 'file:sms', false, 'config: "from" is a telephone number such as +4930123456, or a name of up to 11 letters and digits'),
  ('sms', '{"account_sid": "AC1", "from": "Vigil", "to": ["030 123"]}', 'file:sms', false, 'config: "030 123" in "to" is no telephone number such as +4930123456'),
  ('sms', '{"account_sid": "AC1", "from": "Vigil", "validity_seconds": 0}', 'file:sms', false, 'config: "validity_seconds" is a number from 1 to 36000'),
  ('sms', '{"account_sid": "AC1", "from": "Vigil"}', null, false, 'SMS needs secret_ref, the auth token'),
  ('fax', '{}', 'file:fax', false, 'kind is one of webhook, email, slack, teams, pagerduty, sms'),
  ('webhook', '[]', 'file:x', false, 'config is an object')) x (k, c, s, h, problem);

select is(alerting.address_problem(k, a), problem, k || ' ' || coalesce(to_json(a)::text, 'null') || coalesce(': ' || problem, ''))
from (values ('email', 'a.b+c@mail.example.com', null), ('email', 'a@b, c@d', 'is no email address'), ('email', E'a@example.com\r\n', 'is no email address'), ('email', null, 'is no email address'),
  ('sms', '+4917012345678', null), ('sms', '017012345678', 'is no telephone number such as +4930123456'), ('slack', null, null), ('slack', '#room', 'is one too many: the channel has one receiver')) x (k, a, problem);

select is(alerting.throttle_problem(t::jsonb) is null, sound, 'throttle ' || coalesce(t, 'null'))
from (values (null, true), ('[]', true), ('[{"count": 5, "seconds": 900}, {"count": 50, "seconds": 86400}]', true), ('{}', false), ('[5]', false), ('[{"count": 5}]', false),
  ('[{"count": 0, "seconds": 900}]', false), ('[{"count": 5, "seconds": 0.5}]', false), ('[{"count": "5", "seconds": 900}]', false),
  ('[{"count": 5, "seconds": 900, "burst": 1}]', false)) x (t, sound);

-- In the table.
create function pg_temp.refused(fields text, row_values text) returns text
language sql as $$ select pg_temp.refusal(format('insert into alerting.channel (tenant_id, name, %s) values (%s, ''c'', %s)', fields, pg_temp.tenant('acme'), row_values)) $$;
select is(pg_temp.refused('kind, config, secret_ref', $$'webhook', '{"url": "http://example.com/"}', 'file:x'$$),
  '22023: config: "url" is not https (config is {"url": "https://…"}; secret_ref names the key that signs. A secret is named as env:VIGIL_SECRET_… or file:…, never written.)', 'what is wrong, and what is right');
select is(pg_temp.refused('kind, secret_ref', $$'slack', 'file:acme/slack'$$), 'accepted', 'a channel');
select matches(pg_temp.refused('kind, secret_ref, throttle', $$'slack', 'file:acme/slack', '{}'$$), '^22023: throttle is a list of limits', 'limits are looked at, too');
select is(count(*) filter (where pg_temp.refused('kind, secret_ref', format('''slack'', %L', s)) like '23514:%secret_ref_form%'), 6::bigint, 'references that lead elsewhere')
from unnest('{file:../etc/passwd,file:/etc/passwd,file:a/../b,env:PATH,https://hooks.slack.com/x,file:.hidden}'::text[]) s;
insert into alerting.template (tenant_id, name, kind, body) select pg_temp.tenant('acme'), 'mail', 'email', 'x';
select is(pg_temp.refusal(format($$insert into alerting.channel (tenant_id, name, kind, secret_ref, template_id) select tenant_id, 'c', 'slack', 'file:x', template_id from alerting.template where tenant_id = %s$$, pg_temp.tenant('acme'))),
  '22023: the template is not one for slack (config is {}; secret_ref names the incoming webhook''s URL. A secret is named as env:VIGIL_SECRET_… or file:…, never written.)', 'a template of another kind');

-- Whose secrets.
select is(pg_temp.refusal(format('select alerting.refuse_foreign_secret(%s, %L)', ops.create_tenant(t, t), s)) like '42501: the secret is not the tenant''s (Name file:%', refused, t || ' may' || case when refused then ' not' else '' end || ' name ' || coalesce(s, 'none'))
from (values
  ('own-1', 'file:own-1/mail', false), ('own-2', 'env:VIGIL_SECRET_OWN_2__MAIL_2', false), ('own-3', null, false),
  ('own-4', 'file:own-4', true), ('own-5', 'file:own-5-b/mail', true), ('own-6', 'env:VIGIL_SECRET_OWN_6_B__MAIL', true),
  ('own_7', 'env:VIGIL_SECRET_OWN_7__MAIL', true)) x (t, s, refused);
select * from finish();
rollback;
