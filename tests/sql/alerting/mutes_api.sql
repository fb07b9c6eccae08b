-- Silences, maintenance windows, inhibitions, routes and settings over the API: what is answered, and to whom.
begin;
set local client_min_messages = warning;
\ir ../support/names.psql
\ir ../support/requests.psql
select plan(53);
select ops.create_tenant('acme', 'Acme'), ops.create_tenant('globex', 'Globex') \gset
insert into alerting.escalation_policy (tenant_id, name) select pg_temp.tenant(t), p from (values ('acme', 'day'), ('globex', 'night')) x (t, p);
insert into alerting.alert (tenant_id, dedup_key, severity, summary, labels, state, resolved_at)
select pg_temp.tenant(t), k, 'high', k, l::jsonb, s, case when s = 'resolved' then now() end
from (values ('acme', 'a-1', '{"site": "emea.de"}', 'open'), ('acme', 'a-2', '{"site": "apac"}', 'open'), ('acme', 'a-3', '{"site": "emea"}', 'resolved'),
  ('globex', 'g-1', '{"site": "emea.de"}', 'open')) x (t, k, l, s);
create function pg_temp.field(answer jsonb, name text) returns text language sql as $$ select answer -> 0 ->> name $$;

-- Preview.
select is((select jsonb_agg(x -> 'dedup_key') from jsonb_array_elements(pg_temp.asked('acme', 'viewer',
  $$select * from api.preview_silence('[{"label": "site", "op": "below", "value": "emea"}]')$$)) x), '["a-1"]', 'a preview has the open alerts that match, of the tenant');
select is(jsonb_array_length(pg_temp.asked('acme', 'viewer', $$select * from api.preview_silence('[]')$$)), 2, 'all of them without matchers');
select matches(pg_temp.asked('acme', 'viewer', $$select * from api.preview_silence('[{"label": "a"}]')$$) #>> '{}', '^22023: matcher 1 is not an object', 'matchers are checked');

-- Silences.
select pg_temp.asked('acme', 'operator', $$select * from api.create_silence('[{"label": "site", "op": "below", "value": "emea"}]', now() + interval '1 hour', 'moving')$$) as silence \gset
select is(pg_temp.field(:'silence', f), expected, 'a silence: ' || f)
from (values ('kind', 'silence'), ('state', 'active'), ('reason', 'moving'), ('created_by', 'operator@acme'), ('muted_alerts', '0')) x (f, expected);
select alerting.mute_alerts(pg_temp.tenant('acme'), array(select al.alert_id from alerting.alert al)) \gset
select is(pg_temp.field(pg_temp.asked('acme', 'viewer', 'select * from api.silences'), 'muted_alerts'), '1', 'a viewer sees how much it mutes');
select is(pg_temp.asked('globex', 'viewer', 'select * from api.silences'), '[]', 'another tenant''s does not see it');
select is(pg_temp.asked('globex', 'operator', format('select * from api.end_silence(%s)', pg_temp.field(:'silence', 'silence_id'))) #>> '{}',
  format('PT404: silence %s does not exist (GET /silences lists the silences.)', pg_temp.field(:'silence', 'silence_id')), 'nor ends it');
select pg_temp.asked('acme', 'operator', format('select * from api.end_silence(%s)', pg_temp.field(:'silence', 'silence_id'))) as ended \gset
select is(pg_temp.field(:'ended', 'state') || ' ' || pg_temp.field(:'ended', 'ended_by'), 'over operator@acme', 'it is ended, and by whom is kept');
select is(alerting.unmute_alerts(pg_temp.tenant('acme')), 1, 'what it muted is let go');
select is(pg_temp.field(pg_temp.asked('acme', 'tenant_admin', format('select * from api.end_silence(%s)', pg_temp.field(:'silence', 'silence_id'))), 'ended_by'), 'operator@acme', 'ending it again changes nothing');
select is(pg_temp.field(pg_temp.asked('acme', 'operator', $$select * from api.end_silence((select silence_id from api.create_silence('[{"label": "a", "op": "=", "value": "b"}]',
  now() + interval '2 hours', 'later', now() + interval '1 hour')))$$), 'state'), 'over', 'one that has not begun never does');
select matches(pg_temp.asked('acme', 'operator', format($$select * from api.create_silence(%s)$$, a)) #>> '{}', '^22023: ' || message || '.* \(.+\)$', 'refused: ' || message)
from (values
  ($$'[]', now() + interval '1 hour', 'x'$$, 'a silence without matchers'),
  ($$'[{"label": "a"}]', now() + interval '1 hour', 'x'$$, 'matcher 1'),
  ($$'[{"label": "a", "op": "=", "value": "b"}]', null, 'x'$$, 'a silence that does not recur needs an end'),
  ($$'[{"label": "a", "op": "=", "value": "b"}]', now() - interval '1 hour', 'x'$$, 'the end is in the past'),
  ($$'[{"label": "a", "op": "=", "value": "b"}]', now() + interval '1 hour', 'x', now() + interval '2 hours'$$, 'the silence breaks the rule silence_ends_after_start'),
  ($$'[{"label": "a", "op": "=", "value": "b"}]', now() + interval '1 hour', ' '$$, 'the silence breaks the rule reason_is_given'),
  ($$'[{"label": "a", "op": "=", "value": "b"}]', now() + interval '1 hour', null$$, 'the silence breaks the rule that it has'),
  ($$null, now() + interval '1 hour', 'x'$$, 'matchers are a list')) x (a, message);

-- Maintenance.
select pg_temp.asked('acme', 'operator', $$select * from api.create_maintenance_window('[{"label": "site", "op": "=", "value": "apac"}]', 'patches', '22:00', '8 hours', 'Europe/Berlin', '{1,2}')$$) as recurring \gset
select is(pg_temp.field(:'recurring', f), expected, 'a maintenance window: ' || f)
from (values ('kind', 'maintenance'), ('local_start', '22:00:00'), ('lasts', '08:00:00'), ('weekdays', '[1, 2]'), ('ends_at', 'infinity')) x (f, expected);
select is(pg_temp.field(pg_temp.asked('acme', 'operator', $$select * from api.create_maintenance_window('[{"label": "site", "op": "=", "value": "apac"}]', 'once', ends_at => now() + interval '1 hour')$$), 'state'),
  'active', 'or one that does not recur');
select matches(pg_temp.asked('acme', 'operator', format($$select * from api.create_maintenance_window('[{"label": "a", "op": "=", "value": "b"}]', 'x', %s)$$, a)) #>> '{}', '^22023: ' || message || '.* \(.+\)$', 'refused: ' || message)
from (values
  ($$'22:00', '8 hours', 'Mars/Olympus'$$, 'time zone "Mars/Olympus" does not exist'),
  ($$'22:00', '8 hours'$$, 'the silence breaks the rule recurrence_is_complete'),
  ($$'22:00', '32 days', 'UTC'$$, 'the silence breaks the rule lasts_bounded'),
  ($$weekdays => '{1}'$$, 'a silence that does not recur needs an end')) x (a, message);

-- Inhibitions.
select is(pg_temp.field(pg_temp.asked('acme', 'tenant_admin', $$select * from api.save_inhibition('worse', '[{"label": "severity", "op": "=", "value": "critical"}]',
  '[{"label": "severity", "op": "=", "value": "low"}]', '{site}')$$), 'equal'), '["site"]', 'an inhibition is made');
select is(pg_temp.field(pg_temp.asked('acme', 'tenant_admin', $$select * from api.save_inhibition('worse', '[{"label": "severity", "op": "=", "value": "critical"}]', '[]', enabled => false)$$), 'enabled'),
  'false', 'and replaced');
select is(pg_temp.asked('acme', 'viewer', 'select name, equal from api.inhibitions order by name'), '[{"name": "site-down", "equal": []}, {"name": "worse", "equal": []}]', 'what is left out is not kept');
select is(pg_temp.asked('globex', 'tenant_admin', $$select api.delete_inhibition('worse')$$) #>> '{}', '42704: inhibition "worse" does not exist (GET /inhibitions lists them.)', 'another tenant does not remove it');
select is(pg_temp.asked('acme', 'tenant_admin', $$select api.delete_inhibition('worse') as answer$$), '[{"answer": {"deleted": "worse"}}]', 'it is removed');
select matches(pg_temp.asked('acme', 'tenant_admin', $$select * from api.save_inhibition('Worse', '[{"label": "a", "op": "=", "value": "b"}]', '[]')$$) #>> '{}',
  '^22023: the inhibition breaks the rule inhibition_name_is_slug \(.+\)$', 'names are slugs');

-- Routes.
select is(pg_temp.asked('acme', 'tenant_admin', $$select name, policy, position, group_by from api.save_route('cold', '[{"label": "site", "op": "below", "value": "emea"}]', 'day', 10)$$),
  '[{"name": "cold", "policy": "day", "position": 10, "group_by": ["rule", "site"]}]', 'a route is made');
select is(pg_temp.asked('acme', 'tenant_admin', $$select policy, group_wait from api.save_route('cold', group_wait => '30 seconds')$$), '[{"policy": null, "group_wait": "00:00:30"}]', 'and replaced');
select is(pg_temp.asked('acme', 'tenant_admin', $$select * from api.save_route('cold', policy => 'night')$$) #>> '{}',
  '42704: escalation policy "night" does not exist (GET /escalation_policies lists the policies.)', 'with a policy of the tenant');
select matches(pg_temp.asked('acme', 'tenant_admin', $$select * from api.save_route('cold', group_wait => '2 hours')$$) #>> '{}', '^22023: the route breaks the rule group_wait_bounded \(.+\)$', 'within bounds');
select is(pg_temp.asked('acme', 'tenant_admin', $$select api.delete_route('cold') as answer$$), '[{"answer": {"deleted": "cold"}}]', 'it is removed');
select matches(pg_temp.asked('acme', 'tenant_admin', $$select api.delete_route('cold')$$) #>> '{}', '^42704: route "cold" does not exist', 'once');

-- Settings.
select is(pg_temp.asked('acme', 'viewer', 'select * from api.alert_settings'), jsonb_build_array(jsonb_build_object('tenant', 'acme', 'fallback_policy', null, 'notifications_per_day', 5000,
  'reopen_within', '00:30:00', 'flap_count', 4, 'flap_within', '01:00:00', 'auto_resolve', null, 'handoff_notices', true)), 'there are defaults');
select is(pg_temp.asked('acme', 'tenant_admin', $$select fallback_policy, notifications_per_day, handoff_notices from api.save_alert_settings('day', 100, handoff_notices => false)$$),
  '[{"fallback_policy": "day", "notifications_per_day": 100, "handoff_notices": false}]', 'settings are set');
select is(pg_temp.asked('acme', 'tenant_admin', $$select * from api.save_alert_settings()$$), pg_temp.asked('acme', 'viewer', 'select * from api.alert_settings'), 'and go back');
select matches(pg_temp.asked('acme', 'tenant_admin', $$select * from api.save_alert_settings(flap_count => 1)$$) #>> '{}', '^22023: the settings break the rule flap_count_bounded \(.+\)$', 'within bounds');
-- Without a row, what holds is what the columns' defaults say.
select is((select to_jsonb(s) - '{tenant_id,fallback_policy_id}'::text[] from alerting.setting s where s.tenant_id = pg_temp.tenant('acme')),
  pg_temp.asked('globex', 'viewer', 'select * from api.alert_settings') -> 0 #- '{tenant}' #- '{fallback_policy}', 'the view''s defaults are the table''s') from (select pg_temp.asked('acme', 'tenant_admin', 'select * from api.save_alert_settings()')) x;

-- Who may.
select is(count(*) filter (where pg_temp.asked('acme', r, s) #>> '{}' not like '42501: permission denied for function %'), 0::bigint, format('%s may not', r))
from unnest('{viewer,operator}'::text[]) r
cross join unnest(array[$$select api.delete_route('x')$$, $$select api.save_route('x')$$, $$select api.save_alert_settings()$$, $$select api.delete_inhibition('x')$$, $$select api.save_inhibition('x', '[]', '[]')$$]
  || case when r = 'viewer' then array['select api.end_silence(1)', $$select api.create_silence('[]', now(), 'x')$$, $$select api.create_maintenance_window('[]', 'x')$$] end) s
group by r order by r;
select is(array_agg(distinct e.action order by e.action), '{create_maintenance_window,create_silence,delete_inhibition,delete_route,end_silence,save_alert_settings,save_inhibition,save_route}',
  'all of it is in the audit trail') from audit.entry e where e.tenant_id = pg_temp.tenant('acme') and e.operation = 'call';
select * from finish();
rollback;
