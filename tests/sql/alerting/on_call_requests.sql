-- People, schedules, overrides and absences as requests make them: what is refused and why, and that the past stays.
begin;
select plan(125);
\ir ../support/names.psql
\ir ../support/requests.psql
select ops.create_tenant('acme', 'Acme') as acme, ops.create_tenant('other', 'Other') as other \gset
create function pg_temp.admin(statement text) returns text language sql as $$ select pg_temp.ask('tenant_admin', 'root', statement) $$;
create function pg_temp.operator(statement text) returns text language sql as $$ select pg_temp.ask('operator', 'olga', statement) $$;
create function pg_temp.viewer(statement text) returns text language sql as $$ select pg_temp.ask('viewer', 'vic', statement) $$;

-- People.
select is(pg_temp.admin($$ select api.save_person('ann', 'Ann Alder', 'Europe/Berlin', 'de', 'ann-sub') $$)::jsonb,
  '{"name": "ann", "active": true, "subject": "ann-sub", "language": "de", "time_zone": "Europe/Berlin", "display_name": "Ann Alder"}', 'a person is made');
select is(pg_temp.admin($$ select api.save_person('ann', language => 'en') $$)::jsonb,
  '{"name": "ann", "active": true, "subject": "ann-sub", "language": "en", "time_zone": "Europe/Berlin", "display_name": "Ann Alder"}', 'and changed: what is left out stays');
select is(pg_temp.admin($$ select api.save_person('bob') $$)::jsonb,
  '{"name": "bob", "active": true, "subject": null, "language": "en", "time_zone": "UTC", "display_name": "bob"}', 'a name is enough');
select pg_temp.admin(format('select api.save_person(%L, subject => %L)', n, n || '-sub')) from unnest('{cy,dan}'::text[]) n \g /dev/null
select is(pg_temp.admin($$ select api.save_person('Ann') $$), '22023: the person has no valid name (Use small letters, digits, ".", "_" and "-", beginning with a letter, such as "ann".)', 'names are plain');
select is(pg_temp.admin($$ select api.save_person(null) $$), '22023: the person has no valid name (Use small letters, digits, ".", "_" and "-", beginning with a letter, such as "ann".)', 'and there is one');
select is(pg_temp.admin($$ select api.save_person('bob', time_zone => 'EST5') $$),
  '22023: time zone "EST5" does not exist (Use an IANA name such as "Europe/Berlin", spelled exactly so; select name from pg_timezone_names lists them.)', 'a time zone must exist');
select is(pg_temp.admin($$ select api.save_person('bob', time_zone => 'europe/berlin') $$) ~ '^22023: time zone "europe/berlin" does not exist', true, 'and be spelled as it is');
select is(pg_temp.admin($$ select api.save_person('bob', language => 'tlh') $$), '22023: the language is not known (Messages are written in "en" and "de".)', 'a language must be known');
select is(pg_temp.admin($$ select api.save_person('bob', display_name => '') $$), '22023: the display name is empty or longer than 200 characters (Give a name as people read it, or leave it out.)', 'a display name is something');
select is(pg_temp.admin($$ select api.save_person('bob', subject => repeat('x', 201)) $$), '22023: the subject is longer than 200 characters (Send the sub claim of the person''s tokens, or leave it out.)', 'a subject has an end');
select is(pg_temp.admin($$ select api.save_person('bob', subject => 'ann-sub') $$) ~ '^23505: another person has this subject', true, 'a subject is one person''s');
select is(pg_temp.operator($$ select api.save_person('eve') $$), '42501: permission denied for function save_person', 'people are for admins');
select is(pg_temp.viewer($$ select string_agg(name, ' ' order by name) from api.people $$), 'ann bob cy dan', 'everybody sees who there is');
select is(pg_temp.viewer($$ select count(*) from api.contacts $$), '42501: permission denied for view contacts', 'but not how they are reached');
select is(pg_temp.viewer($$ select count(subject) from alerting.person $$), '42501: permission denied for table person', 'nor by which tokens they are known');

-- Contacts.
insert into alerting.channel (tenant_id, name, kind, config, secret_ref) values
  (:acme, 'mail', 'email', '{"host": "mail.example.com", "port": 587, "tls": "starttls", "from": "vigil@example.com"}', null),
  (:acme, 'text', 'sms', '{"account_sid": "AC0123456789", "from": "+15550100"}', 'env:VIGIL_SECRET_ACME_SMS'),
  (:acme, 'hook', 'webhook', '{"url": "https://hooks.example.com/1"}', 'env:VIGIL_SECRET_ACME_HOOK');
select is(pg_temp.ask('viewer', 'ann-sub', $$ select api.save_contact_methods('ann', '[{"channel": "mail", "address": "ann@example.com"}, {"channel": "text", "address": "+4930123456"}]',
  '[{"urgency": "urgent", "channel": "text", "address": "+4930123456"}, {"urgency": "urgent", "delay_minutes": 5, "channel": "mail", "address": "ann@example.com"}]') $$)::jsonb,
  '{"person": "ann", "methods": 2, "rules": 2}', 'people say themselves how they are reached');
select is((select count(*) from audit.entry e where e.tenant_id = :acme and e.detail::text ~ 'example.com|4930'), 0::bigint, 'which the audit trail does not repeat');
select is(pg_temp.ask('viewer', 'ann-sub', $$ select api.my_contacts() - 'unavailabilities' $$)::jsonb, '{"name": "x", "person": "ann", "display_name": "Ann Alder", "time_zone": "Europe/Berlin", "language": "en", "active": true,
  "methods": [{"kind": "email", "address": "ann@example.com", "channel": "mail", "enabled": true}, {"kind": "sms", "address": "+4930123456", "channel": "text", "enabled": true}],
  "rules": [{"address": "+4930123456", "channel": "text", "urgency": "urgent", "delay_minutes": 0}, {"address": "ann@example.com", "channel": "mail", "urgency": "urgent", "delay_minutes": 5}]}'::jsonb - 'name', 'and see it');
select is(pg_temp.viewer($$ select api.my_contacts() $$) ~ '^PT404: nobody is known by the sub claim of this token', true, 'who is nobody has none');
select is(pg_temp.ask('viewer', 'cy-sub', $$ select api.save_contact_methods('ann', '[]') $$) ~ '^42501: this is for the person themself or tenant_admin', true, 'nobody else''s');
select is(pg_temp.operator($$ select api.save_contact_methods('ann', '[]') $$) ~ '^42501: this is for the person themself or tenant_admin', true, 'not even as operator');
create temp table kept as select contact_method_id, address from alerting.contact_method where tenant_id = :acme;
select is(pg_temp.admin($$ select api.save_contact_methods('ann', '[{"channel": "text", "address": "+4930123456", "enabled": false}]') $$)::jsonb, '{"person": "ann", "methods": 1, "rules": 0}', 'an admin anybody''s');
select results_eq(format('select contact_method_id, address, enabled from alerting.contact_method where tenant_id = %s', :acme), $$ select contact_method_id, address, false from kept where address ~ '^\+' $$, 'what stays keeps its number');
select is(pg_temp.operator($$ select methods from api.contacts where person = 'ann' $$)::jsonb, '[{"kind": "sms", "address": "+4930123456", "channel": "text", "enabled": false}]', 'operators see it');
select is(pg_temp.admin(format('select api.save_contact_methods(%L, %L, %L)', 'bob', m, r)) ~ expected, true, 'refused: ' || expected)
from (values
  ('{}', '[]', '^22023: methods are a list of at most 20 objects'),
  ('[1]', '[]', '^22023: methods are a list of at most 20 objects'),
  ('[{"channel": "fax", "address": "1"}]', '[]', '^42704: channel "fax" does not exist'),
  ('[{"channel": "hook", "address": "1"}]', '[]', '^22023: channel "hook" is of kind webhook'),
  ('[{"channel": "text", "address": "030 123456"}]', '[]', '^22023: the address of a text message'),
  ('[{"channel": "mail", "address": "Ann <ann@example.com>"}]', '[]', '^22023: the address of an email'),
  ('[{"channel": "mail", "address": "a@b\nBcc: c@d"}]', '[]', '^22023: the address of an email'),
  ('[{"channel": "mail", "address": "a@b", "enabled": "yes"}]', '[]', '^22023: a method has channel, address and enabled'),
  ('[{"channel": "mail", "address": "a@b"}]', '{}', '^22023: rules are a list of at most 50 objects'),
  ('[{"channel": "mail", "address": "a@b"}]', '[{"channel": "mail", "address": "a@b"}]', '^22023: a rule has no urgency'),
  ('[{"channel": "mail", "address": "a@b"}]', '[{"urgency": "urgent", "channel": "mail", "address": "a@c"}]', '^22023: a rule does not name one of the methods'),
  ('[{"channel": "mail", "address": "a@b"}]', '[{"urgency": "urgent", "delay_minutes": 1441, "channel": "mail", "address": "a@b"}]', '^22023: a rule has a delay'),
  ('[{"channel": "mail", "address": "a@b"}]', '[{"urgency": "urgent", "delay": 1, "channel": "mail", "address": "a@b"}]', '^22023: a rule has an unknown key')
) x (m, r, expected);
select is(pg_temp.admin($$ select api.save_contact_methods('eve', '[]') $$) ~ '^42704: person "eve" does not exist \(GET /people', true, 'a person must exist');

-- Schedules.
create function pg_temp.layer(changes jsonb) returns text language sql as $$
  select format('select api.save_schedule(%L)', jsonb_build_object('name', 'bad', 'time_zone', 'UTC', 'layers', jsonb_build_array(
    '{"name": "primary", "priority": 1, "unit": "week", "length": 1, "start": "2026-11-30T09:00", "slots": [["ann"], ["bob", "cy"], []]}'::jsonb || changes)))
$$;
select is(pg_temp.admin(pg_temp.layer(c::jsonb)) ~ expected, true, 'refused: ' || expected)
from (values
  ('{"name": "No 1"}', '^22023: layer "No 1" has no valid name \(Use small letters'),
  ('{"priority": null}', '^22023: layer "primary" has no priority'),
  ('{"priority": 1001}', '^22023: layer "primary" has no priority'),
  ('{"unit": "second"}', '^22023: layer "primary" has no valid unit \(Turns are counted in'),
  ('{"length": 0}', '^22023: layer "primary" has a length that is not between 1 and 1000'),
  ('{"length": 1.5}', '^22023: layer "primary" has a length that is not between 1 and 1000'),
  ('{"start": "2026-11-30T09:00Z"}', '^22023: layer "primary" has no valid start \(Give the day'),
  ('{"start": "2026-02-30T09:00"}', '^22023: layer "primary" has no valid start'),
  ('{"slots": []}', '^22023: layer "primary" has no list of 1 to 1000 slots'),
  ('{"slots": ["ann"]}', '^22023: layer "primary" has a slot 1 that is not a list'),
  ('{"slots": [["ann"], ["bob", "bob"]]}', '^22023: layer "primary" has a slot 2 that is not a list of at most 50 different names'),
  ('{"slots": [["ann"], [7]]}', '^22023: layer "primary" has a slot 2 that is not a list'),
  ('{"slots": [["zoe"]]}', '^42704: person "zoe" does not exist'),
  ('{"turns": 1}', '^22023: layer "primary" has an unknown key "turns"'),
  ('{"restrictions": {}}', '^22023: layer "primary" has restrictions that are not a list'),
  ('{"restrictions": [{}]}', '^22023: layer "primary" has a restriction 1 that has neither weekdays nor hours'),
  ('{"restrictions": [{"weekdays": [0]}]}', '^22023: layer "primary" has a restriction 1 that has weekdays'),
  ('{"restrictions": [{"weekdays": []}]}', '^22023: layer "primary" has a restriction 1 that has weekdays'),
  ('{"restrictions": [{"from": "09:00"}]}', '^22023: layer "primary" has a restriction 1 that has from without to'),
  ('{"restrictions": [{"from": "9", "to": "17"}]}', '^22023: layer "primary" has a restriction 1 that has hours')
) x (c, expected);
select is(pg_temp.admin(pg_temp.layer(jsonb_build_object('slots', (select jsonb_agg('[]'::jsonb) from generate_series(1, 1001))))) ~ '^22023: layer "primary" has no list of 1 to 1000 slots', true, 'a rotation has an end');
select is(pg_temp.admin(format('select api.save_schedule(%L)', d)) ~ expected, true, 'refused: ' || expected)
from (values
  ('[]', '^22023: a schedule is defined by an object'),
  ('{"name": "a", "timezone": "UTC"}', '^22023: a schedule has no "timezone"'),
  ('{"time_zone": "UTC"}', '^22023: the schedule has no valid name'),
  ('{"name": "a"}', '^22023: a time zone is needed'),
  ('{"name": "a", "time_zone": "Mars/Phobos"}', '^22023: time zone "Mars/Phobos" does not exist \(Use an IANA name'),
  ('{"name": "a", "time_zone": "UTC", "fallback": "zoe"}', '^42704: person "zoe" does not exist'),
  ('{"name": "a", "time_zone": "UTC", "layers": {}}', '^22023: layers are a list of at most 20'),
  ('{"name": "a", "time_zone": "UTC", "layers": [7]}', '^22023: layer 1 is not an object'),
  ('{"name": "a", "time_zone": "UTC", "layers": [{"name": "p", "priority": 1, "unit": "day", "start": "2026-01-01T00:00", "slots": [[]]}, {"name": "p", "priority": 2, "unit": "day", "start": "2026-01-01T00:00", "slots": [[]]}]}', '^22023: two layers are named "p"')
) x (d, expected);
select is((select count(*) from alerting.schedule where tenant_id = :acme), 0::bigint, 'of what is refused nothing stays');
select is(pg_temp.admin($$ select api.save_schedule('{"name": "ops", "time_zone": "UTC"}', now() - interval '1 second') $$) ~ '^22023: a schedule cannot change in the past', true, 'what was stays as it was');
select is(pg_temp.operator($$ select api.save_schedule('{"name": "ops", "time_zone": "UTC"}') $$), '42501: permission denied for function save_schedule', 'schedules are for admins');
\set definition '{"name": "ops", "time_zone": "Europe/Berlin", "fallback": "dan", "layers": [{"name": "primary", "priority": 2, "unit": "week", "length": 1, "start": "2026-01-05T09:00", "slots": [["ann"]], "restrictions": [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "to": "24:00"}]}, {"name": "second", "priority": 1, "unit": "day", "length": 2, "start": "2026-01-05T09:00", "slots": [["bob", "cy"], []], "restrictions": []}]}'
select is(pg_temp.admin(format('select api.save_schedule(%L) - %L - %L', :'definition', 'coverage', 'effective_from'))::jsonb, :'definition'::jsonb, 'a schedule is made, and answers with itself');
select is(pg_temp.viewer($$ select jsonb_build_object('name', name, 'time_zone', time_zone, 'fallback', fallback, 'layers', layers) from api.schedules $$)::jsonb, :'definition'::jsonb, 'everybody sees it');
select is(pg_temp.viewer($$ select jsonb_agg(o) from api.on_call_now o $$)::jsonb, '[{"schedule": "ops", "people": ["ann"], "source": "layer:primary", "until_ts": null}]', 'and who is on call now');
select is(pg_temp.viewer($$ select jsonb_agg(o) from api.on_call('ops', now() + interval '1 day') o $$)::jsonb, '[{"person": "ann", "display_name": "A…", "source": "layer:primary"}]', 'or then, without the names of others');
select is(pg_temp.viewer($$ select jsonb_agg(f.people) from api.final_schedule('ops', now() - interval '1 day', now() + interval '1 day') f $$)::jsonb, '[[], ["ann"]]', 'before it was made there was nobody');
select is(pg_temp.viewer($$ select count(*) from api.final_schedule('ops', now(), now() + interval '401 days') $$) ~ '^22023: from must be before to, by 400 days at most', true, 'a range has an end');
select is(pg_temp.viewer($$ select api.coverage('ops') -> 'covered' $$), '1', 'all of it is covered');
select is(pg_temp.viewer($$ select api.coverage('ops', 54) $$) ~ '^22023: weeks must be between 1 and 53', true, 'for a year at most');
select is(pg_temp.viewer($$ select jsonb_agg(c) from api.schedule_coverage c $$)::jsonb, '[{"schedule": "ops", "covered": 1, "by_fallback": 0, "gaps": 0}]', 'also at a glance');
select is(pg_temp.viewer($$ select jsonb_agg(to_jsonb(f) - 'night_hours' - 'weekend_hours') from api.fairness(now(), now() + interval '10 hours') f $$)::jsonb, '[{"person": "ann", "hours": 10, "shifts": 1}]', 'who is on call how much');
select is(pg_temp.viewer($$ select * from api.on_call('dev') $$) ~ '^42704: schedule "dev" does not exist \(GET /schedules', true, 'a schedule must exist');

-- A change to come, another before it, and the past.
select is(pg_temp.admin($$ select api.save_schedule('{"name": "ops", "time_zone": "UTC", "layers": [{"name": "primary", "priority": 1, "unit": "day", "start": "2026-01-05T09:00", "slots": [["cy"]]}]}', now() + interval '2 days') -> 'fallback' $$), 'null', 'a change to come');
select is(pg_temp.viewer($$ select jsonb_agg(f.people || f.source) from api.final_schedule('ops', now(), now() + interval '3 days') f $$)::jsonb, '[["ann", "layer:primary"], ["cy", "layer:primary"]]', 'holds from then on');
select is(pg_temp.viewer($$ select changes_at - now() from api.schedules $$), '2 days', 'and is announced');
select is(pg_temp.admin($$ select api.save_schedule('{"name": "ops", "time_zone": "UTC", "fallback": "bob"}', now() + interval '1 day') -> 'fallback' $$), '"bob"', 'one before it');
select is(pg_temp.viewer($$ select jsonb_agg(f.people || f.source) from api.final_schedule('ops', now() - interval '1 day', now() + interval '3 days') f $$)::jsonb, '[["gap"], ["ann", "layer:primary"], ["bob", "fallback"]]', 'takes its place, and the past stays');
select is(pg_temp.viewer($$ select string_agg(layer || ' ' || coalesce((effective_until - now())::text, 'on'), ', ' order by layer) from api.schedule_layers $$), 'primary 1 day, second 1 day', 'what held when is known');

-- Overrides.
select is(pg_temp.operator($$ select api.override_schedule('ops', 'replace', 'bob', now() + interval '5 hours', now() - interval '1 hour', 'ann', 'a change') - 'override_id' - 'from' - 'to' $$)::jsonb,
  '{"schedule": "ops", "kind": "replace", "person": "bob", "replaces": "ann", "reason": "a change"}', 'an operator lets somebody stand in');
select is(pg_temp.viewer($$ select jsonb_agg(f.people || f.source) from api.final_schedule('ops', now() - interval '1 minute', now() + interval '6 hours') f $$)::jsonb, '[["gap"], ["bob", "override"], ["ann", "layer:primary"]]', 'from now on, whatever was asked');
select override_id as override from alerting.schedule_override where tenant_id = :acme \gset
select is(pg_temp.operator($$ select api.override_schedule('ops', 'remove', 'ann', now() + interval '2 hours') $$),
  format('23505: override %s says something about the same person at that time (Choose another time, or cancel that one first with POST /rpc/cancel_override.)', :override), 'overrides do not contradict one another');
select is(pg_temp.operator(format('select api.override_schedule(%s)', arguments)) ~ expected, true, 'refused: ' || expected)
from (values
  ($$'ops', 'remove', 'ann', now()$$, '^22023: an override ends after it begins'),
  ($$'ops', 'add', 'ann', now() + interval '2 years'$$, '^22023: an override lasts a year at most'),
  ($$'ops', 'swap', 'ann', now() + interval '1 day'$$, '^22023: an override adds somebody'),
  ($$'ops', 'add', 'ann', now() + interval '1 day', replaces => 'bob'$$, '^22023: replaces belongs to the kind replace'),
  ($$'ops', 'add', 'zoe', now() + interval '1 day'$$, '^42704: person "zoe" does not exist'),
  ($$'dev', 'add', 'ann', now() + interval '1 day'$$, '^42704: schedule "dev" does not exist')
) x (arguments, expected);
select is(pg_temp.viewer($$ select api.override_schedule('ops', 'add', 'cy', now() + interval '1 day') $$), '42501: permission denied for function override_schedule', 'overrides are for operators');
select is(pg_temp.operator($$ select api.override_schedule('ops', 'add', 'cy', now() + interval '8 hours', now() + interval '7 hours') ->> 'kind' $$), 'add', 'one to come');
select is(pg_temp.operator(format('select api.cancel_override(%s) ->> %L', override_id, 'cancelled')), 'true', 'goes when it is cancelled')
from alerting.schedule_override where tenant_id = :acme and kind = 'add';
select is((select string_agg(kind, ' ') from alerting.schedule_override where tenant_id = :acme), 'replace', 'without a trace in the schedule');
-- As if an hour had passed.
update alerting.schedule_override set from_ts = now() - interval '1 hour' where tenant_id = :acme;
select is(pg_temp.operator(format('select api.cancel_override(%s) ->> %L', :override, 'cancelled')), 'true', 'one under way');
select is((select to_ts = now() from alerting.schedule_override where tenant_id = :acme), true, 'ends now');
select is(pg_temp.operator(format('select api.cancel_override(%s)', :override)), format('PT409: override %s has ended (Nothing is left of it to cancel; what was stays as it was.)', :override), 'one that has ended stays');
select is(pg_temp.operator('select api.cancel_override(0)'), 'PT404: override 0 does not exist (GET /schedule_overrides lists the overrides.)', 'one that is not cannot end');

-- Absences.
select is(pg_temp.ask('viewer', 'ann-sub', $$ select api.add_unavailability('ann', now() + interval '3 hours', now() + interval '1 hour', 'ill') - 'unavailability_id' - 'from' - 'to' $$)::jsonb, '{"person": "ann"}', 'people say themselves when they are away');
select is(pg_temp.viewer($$ select string_agg(distinct case when 'ann' = any (people) then 'on' else 'off' end || ' ' || (from_ts - now()), ', ') from (
    select f.people, f.from_ts from api.final_schedule('ops', now(), now() + interval '4 hours') f
    where f.from_ts in (now(), now() + interval '1 hour', now() + interval '3 hours')) f $$), 'off 01:00:00, on 00:00:00, on 03:00:00', 'and are not on call then');
select is(pg_temp.viewer($$ select api.add_unavailability('ann', now() + interval '3 hours') $$) ~ '^42501: this is for the person themself or operator', true, 'nobody says it for others');
select is(pg_temp.operator($$ select reason from api.unavailabilities where person = 'ann' $$), 'ill', 'operators see why');
select is(pg_temp.viewer($$ select count(*) from api.unavailabilities $$), '42501: permission denied for view unavailabilities', 'and nobody else');
select is(pg_temp.viewer($$ select count(reason) from alerting.unavailability $$), '42501: permission denied for table unavailability', 'also not from the table');
select is(pg_temp.ask('viewer', 'ann-sub', $$ select api.my_contacts() -> 'unavailabilities' -> 0 ->> 'reason' $$), 'ill', 'but the person');
select is(pg_temp.operator($$ select api.add_unavailability('bob', now() - interval '1 hour') $$) ~ '^22023: an absence ends after it begins, and in the future', true, 'an absence that is over changes nothing');
select is(pg_temp.operator($$ select api.add_unavailability('bob', now() + interval '1 hour', reason => '') $$) ~ '^22023: the reason is empty', true, 'a reason is something');
select is(pg_temp.ask('viewer', 'cy-sub', format('select api.remove_unavailability(%s)', unavailability_id)) ~ '^42501: this is for the person themself', true, 'nobody ends another''s absence') from alerting.unavailability where tenant_id = :acme;
select is(pg_temp.ask('viewer', 'ann-sub', format('select api.remove_unavailability(%s) ->> %L', unavailability_id, 'removed')), 'true', 'but one''s own') from alerting.unavailability where tenant_id = :acme;
select is((select count(*) from alerting.unavailability where tenant_id = :acme), 0::bigint, 'one to come goes');
select is(pg_temp.operator('select api.remove_unavailability(0)'), 'PT404: absence 0 does not exist (GET /unavailabilities and POST /rpc/my_contacts list the absences.)', 'one that is not cannot end');

-- Out of service.
select is(pg_temp.admin($$ select api.delete_person('ann') $$)::jsonb, '{"name": "ann", "active": false, "schedules": ["ops"]}', 'whoever goes is inactive, and the schedules that name them are told');
select is((select count(*) from alerting.contact_method where tenant_id = :acme), 0::bigint, 'how to reach them is forgotten');
select is(pg_temp.ask('viewer', 'ann-sub', $$ select api.my_contacts() $$) ~ '^PT404', true, 'their tokens say nothing any more');
select is(pg_temp.viewer($$ select coalesce(bool_or('ann' = any (people)), false) from api.on_call_now $$), 'false', 'and they are not on call');
select is(pg_temp.operator($$ select api.override_schedule('ops', 'add', 'ann', now() + interval '1 hour') $$) ~ '^22023: person "ann" is inactive', true, 'nor to be');
select is(pg_temp.admin($$ select api.save_schedule('{"name": "ops", "time_zone": "UTC", "fallback": "ann"}') $$) ~ '^22023: person "ann" is inactive', true, 'in any way');
select is((select count(*) from audit.entry e where e.tenant_id = :acme and e.action in ('save_person', 'save_schedule', 'override_schedule', 'cancel_override', 'add_unavailability', 'remove_unavailability', 'delete_person')), 15::bigint, 'all of it is in the audit trail');
select * from finish();
rollback;
