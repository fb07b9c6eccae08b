-- Which alerts other alerts and silences mute, one by one and all at once, and when that ends.
begin;
set local client_min_messages = warning;
\ir ../support/names.psql
select plan(34);
select ops.create_tenant('acme', 'Acme'), ops.create_tenant('globex', 'Globex') \gset
create function pg_temp.raise(key text, labels jsonb, tenant text default 'acme') returns bigint
language sql as $$
  insert into alerting.alert (tenant_id, dedup_key, severity, summary, labels) values (pg_temp.tenant(tenant), key, 'high', key, labels) returning alert_id
$$;
-- What mutes an open alert: the key of the alert or the reason of the silence.
create function pg_temp.muted(key text) returns text
language sql stable as $$
  select coalesce(s.reason, i.dedup_key)
  from alerting.alert al
  left join alerting.silence s on al.muted_by = 'silence' and s.tenant_id = al.tenant_id and s.silence_id = al.muted_id
  left join alerting.alert i on al.muted_by = 'inhibition' and i.tenant_id = al.tenant_id and i.alert_id = al.muted_id
  where al.dedup_key = key and al.state = 'open'
$$;
create function pg_temp.muting(key text) returns text
language sql stable as $$
  select i.dedup_key from alerting.alert al join alerting.alert i on i.tenant_id = al.tenant_id and i.alert_id = alerting.muting_alert(al.tenant_id, al)
  where al.dedup_key = key and al.tenant_id = pg_temp.tenant('acme')
$$;
create function pg_temp.mute() returns int
language sql as $$ select alerting.mute_alerts(pg_temp.tenant('acme'), array(select al.alert_id from alerting.alert al)) $$;
create function pg_temp.resolve(key text) returns void
language sql as $$ update alerting.alert set state = 'resolved', resolved_at = now() where dedup_key = key $$;

-- Every tenant has one inhibition to begin with.
select is((select array_agg(i.name) from alerting.inhibition i where i.tenant_id = pg_temp.tenant('acme')), '{site-down}', 'a tenant begins with site-down');
select pg_temp.raise('berlin', '{"kind": "threshold", "device": "d-1", "site": "emea.de.berlin"}') \gset
select pg_temp.raise('paris', '{"kind": "threshold", "device": "d-2", "site": "emea.fr"}') \gset
select pg_temp.raise('nowhere', '{"kind": "threshold", "device": "d-3"}') \gset
select pg_temp.raise('system', '{"kind": "system", "site": "emea.de"}') \gset
select is(pg_temp.mute(), 0, 'nothing is muted while all sites are up');
select pg_temp.raise('de-down', '{"kind": "no_data", "subject_kind": "site", "site": "emea.de"}') \gset
select pg_temp.raise('globex-down', '{"kind": "no_data", "subject_kind": "site", "site": "emea.fr"}', 'globex') \gset
select is(pg_temp.muting('berlin'), 'de-down', 'a device below the site is explained by it');
select is(pg_temp.muting('paris'), null, 'one of another site is not, nor by another tenant''s alert');
select is(pg_temp.muting('nowhere'), null, 'nor one without a site');
select is(pg_temp.muting('system'), null, 'nor what is not about a device');
select is(pg_temp.muting('de-down'), null, 'no alert mutes itself');
select is(pg_temp.mute(), 1, 'all at once: one is muted');
select is(pg_temp.muted('berlin'), 'de-down', 'the same as one by one');
select is(pg_temp.mute(), 0, 'what is muted is not muted again');
select is(alerting.unmute_alerts(pg_temp.tenant('acme')), 0, 'and stays so while the site is down');
select pg_temp.resolve('de-down') \gset
select is(alerting.unmute_alerts(pg_temp.tenant('globex')), 0, 'another tenant''s run leaves it alone');
select is(alerting.unmute_alerts(pg_temp.tenant('acme')), 1, 'when the site is back it is no longer muted');
select is(pg_temp.muted('berlin'), null, 'it is not');

-- Only what is asked about is muted.
select pg_temp.raise('emea-down', '{"kind": "no_data", "subject_kind": "site", "site": "emea"}') \gset
select is(alerting.mute_alerts(pg_temp.tenant('acme'), array(select al.alert_id from alerting.alert al where al.dedup_key = 'paris')), 1, 'one of those that could be');
select is(pg_temp.muted('berlin'), null, 'the other is not touched');
select pg_temp.mute() \gset
select is(pg_temp.muted('berlin'), 'emea-down', 'a site far above counts');
-- An inhibition that changes lets go of what it muted.
update alerting.inhibition set enabled = false where tenant_id = pg_temp.tenant('acme');
select is((select count(*) from alerting.alert al where al.muted_by = 'inhibition'), 0::bigint, 'an inhibition that is turned off mutes nothing');
select is(pg_temp.mute(), 0, 'nor does it later');

-- Labels that must be equal; alerts that are both source and target.
insert into alerting.inhibition (tenant_id, name, source_matchers, target_matchers, equal)
select pg_temp.tenant('acme'), 'worse', '[{"label": "severity", "op": "in", "value": ["critical", "high"]}]', '[{"label": "severity", "op": "in", "value": ["high", "low"]}]', '{rule,unit}';
select pg_temp.raise('h1', '{"severity": "high", "rule": "heat"}'), pg_temp.raise('h2', '{"severity": "high", "rule": "heat"}') \gset
select pg_temp.raise('low', '{"severity": "low", "rule": "heat"}'), pg_temp.raise('other', '{"severity": "low", "rule": "cold"}'), pg_temp.raise('unit', '{"severity": "low", "rule": "heat", "unit": "2"}') \gset
select is((select array_agg(x order by x) from unnest('{h1,h2,low,other,unit}'::text[]) x where pg_temp.muting(x) is not null), '{low}', 'two that are both sides do not mute one another; a third that is only a target is muted');
select is(pg_temp.mute(), 1, 'all at once likewise');
select is(pg_temp.muted('low'), 'h1', 'by the oldest');
select is(pg_temp.muting('low'), 'h1', 'which is what one by one says');
select pg_temp.raise('c', '{"severity": "critical", "rule": "heat"}') \gset
select is(pg_temp.mute(), 2, 'what is a source alone mutes both');
select is(pg_temp.muted('h2'), 'c', 'by itself');
select pg_temp.raise('low-3', '{"severity": "low", "rule": "heat"}') \gset
select is(pg_temp.mute(), 1, 'one more comes');
select is(pg_temp.muted('low-3'), 'h1', 'an alert that is muted itself still mutes others');
select is(alerting.unmute_alerts(pg_temp.tenant('acme')), 0, 'and goes on doing so');

-- A silence comes first.
insert into alerting.silence (tenant_id, matchers, reason, created_by, ends_at)
select pg_temp.tenant('acme'), '[{"label": "unit", "op": "=", "value": "2"}, {"label": "rule", "op": "like", "value": "he%"}]', 'unit 2 is being moved', 'x', now() + interval '1 hour';
select pg_temp.raise('low-2', '{"severity": "low", "rule": "heat", "unit": "2"}'), pg_temp.raise('high-2', '{"severity": "critical", "rule": "heat", "unit": "2"}') \gset
select is(pg_temp.mute(), 3, 'a silence mutes what it matches, the source too');
select is(pg_temp.muted('low-2'), 'unit 2 is being moved', 'the silence is the reason, not the other alert');
update alerting.silence set starts_at = now() - interval '2 hours', ends_at = now();
select is(alerting.unmute_alerts(pg_temp.tenant('acme')), 3, 'when it ends all of them are told');
select is(pg_temp.mute(), 2, 'but for those that another alert mutes');
select is(pg_temp.muted('low-2'), 'high-2', 'which is now the reason');
select is(alerting.mute_alerts(0, '{1}'), 0, 'a tenant without silences and inhibitions has nothing muted');
select * from finish();
rollback;
