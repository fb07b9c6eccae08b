-- What a plan allows: counted, warned of, enforced.
begin;
set local client_min_messages = warning;
select plan(38);
\ir ../support/refusal.psql
\ir ../support/names.psql
\ir ../support/requests.psql
insert into ops.plan (plan_name, description, max_devices, max_users, max_points_a_day, max_storage_bytes, max_alerts_a_day) values ('tiny', 'For a test.', 2, 2, 10, 1000000, 3);
select ops.create_tenant('acme', 'Acme', 'tiny') as acme, ops.create_tenant('free', 'No limits') as free \gset
select fleet.create_profile(:acme, 'pump', '["a", "b"]') as pump, fleet.create_profile(:free, 'pump', '["a", "b"]') as other_pump \gset
update fleet.tenant set unknown_device = 'register' where name = 'acme';
create function pg_temp.sent(device text, minute int, value float8 default 1) returns jsonb language sql as $$
  select fleet.ingest(pg_temp.tenant('acme'), json_build_array(json_build_object('device', device, 'profile', 'pump', 'ts', date_trunc('hour', now()) - minute * interval '1 minute', 'metrics', json_build_object('a', value, 'b', value))))
$$;
create function pg_temp.usage(what text) returns numeric language sql as $$ select (to_jsonb(u) ->> what)::numeric from ops.usage u where u.tenant_id = pg_temp.tenant('acme') and u.day = (now() at time zone 'UTC')::date $$;
create function pg_temp.warned() returns table (key text, severity text, state text) language sql as $$
  select al.dedup_key, al.severity, al.state from alerting.alert al where al.tenant_id = pg_temp.tenant('acme') and al.dedup_key like 'quota/%' order by 1
$$;

-- Devices.
select is(pg_temp.sent('p-1', 1) ->> 'accepted', '1', 'the first device is registered');
select is(ops.count_usage(:acme), 1::bigint, 'usage is counted');
select results_eq('select * from pg_temp.warned()', $$values ('x', 'x', 'x') limit 0$$, 'half of a quota worries nobody');
select fleet.open_stream(:acme, 'p-2', 'pump') \g /dev/null
select is(pg_temp.refusal(format($$select fleet.open_stream(%s, 'p-3', 'pump')$$, :'acme')), 'PT403: the quota of devices is used up: 2 of 2 (plan "tiny") (Deactivate devices that are gone, or ask the platform for a larger plan.)', 'the third is one too many');
select is(pg_temp.sent('p-3', 1) -> 'rejected', '[{"index": 0, "code": "PT403", "message": "the device is new, and the quota of devices is used up", "hint": "GET /usage says how many there may be. Deactivate devices that are gone, or ask the platform for a larger plan."}]', 'ingestion registers no more either');
select is(pg_temp.sent('p-2', 1) ->> 'accepted', '1', 'and takes the others'' readings');
select is((select fleet.open_stream(:acme, 'p-1', 'pump') is not null), true, 'what is there may be registered again');
select lives_ok(format($$update fleet.device set name = 'renamed' where tenant_id = %s$$, :'acme'), 'and changed');
update fleet.device set active = false where tenant_id = :acme and external_id = 'p-2';
select lives_ok(format($$select fleet.open_stream(%s, 'p-3', 'pump')$$, :'acme'), 'one that is not active makes room');
select matches(pg_temp.refusal(format($$update fleet.device set active = true where tenant_id = %s and external_id = 'p-2'$$, :'acme')), '^PT403: the quota of devices', 'and does not come back into it');
select lives_ok(format($$insert into fleet.device (tenant_id, external_id, name) select %s, 'd' || n, 'd' from generate_series(1, 100) n$$, :'free'), 'without a limit there is none');

-- Users.
insert into auth.account (email, display_name) select format('u%s@quota.example', n), 'U' from generate_series(1, 3) n;
create function pg_temp.join(n int) returns void language sql as $$
  insert into auth.membership (tenant_id, account_id, role, created_by) select pg_temp.tenant('acme'), a.account_id, 'viewer', 'test' from auth.account a where a.email = format('u%s@quota.example', n)
$$;
select pg_temp.join(1), pg_temp.join(2) \g /dev/null
select is(pg_temp.refusal('select pg_temp.join(3)'), 'PT403: the quota of users is used up: 2 of 2 (plan "tiny") (Deactivate accounts that are no longer needed, or ask the platform for a larger plan.)', 'the third user is one too many');
update auth.membership set active = false where tenant_id = :acme and account_id = (select account_id from auth.account where email = 'u1@quota.example');
select lives_ok('select pg_temp.join(3)', 'who is not active does not count');

-- Points a day.
select is(ops.count_usage(:acme) is not null, true, 'counted again');
select is(pg_temp.usage('points'), 4::numeric, 'values count, not readings, and not those that were refused');
select is(pg_temp.sent('p-1', 1) ->> 'duplicates', '1', 'what came before');
select is(ops.count_usage(:acme) is not null, true, 'counted again');
select is(pg_temp.usage('points'), 4::numeric, 'does not count twice');
select pg_temp.sent('p-1', m) from generate_series(2, 4) m \g /dev/null
select ops.count_usage(:acme) \g /dev/null
select is(pg_temp.usage('points'), 10::numeric, 'ten values');
select is(pg_temp.refusal($$select pg_temp.sent('p-1', 9)$$), 'PT429: the quota of points a day is used up: 10 of 10 (plan "tiny") (The next day begins at 00:00 UTC; send again what was refused. A larger plan is the platform''s to give.)', 'and no more today');
create temp table import_line (line_no bigint, line text);
select matches(pg_temp.refusal($$select fleet.import_lines('acme', 'pump', 'p-1', 'ts,a')$$), '^PT429: the quota of points a day is used up', 'nor by import');
select ops.set_plan('acme', 'unlimited') \g /dev/null
select is(pg_temp.sent('p-1', 9) ->> 'accepted', '1', 'a larger plan counts at once');
select ops.set_plan('acme', 'tiny') \g /dev/null
update ops.usage set day = day - 1 where tenant_id = :acme;
select is(pg_temp.sent('p-1', 10) ->> 'accepted', '1', 'tomorrow is another day');

-- Storage.
insert into ops.storage_sample (tenant_id, object, measured_at, row_count, bytes, point_count) values (:acme, 'readings', now() - interval '3 days', 1, 990000, 99000);
select ops.count_usage(:acme) \g /dev/null
select is(pg_temp.usage('storage_bytes'), 990000 + 10 * (select sum(points) from ops.usage where tenant_id = :acme), 'storage is what was measured, and the points since');
insert into ops.storage_sample (tenant_id, object, measured_at, row_count, bytes, point_count) values (:acme, 'readings', now() - interval '2 days', 1, 1000000, 99000);
select ops.count_usage(:acme) \g /dev/null
select matches(pg_temp.refusal($$select pg_temp.sent('p-1', 11)$$), '^PT403: the quota of bytes of storage is used up: 1000000 of 1000000 \(plan "tiny"\) \(Shorten what is kept', 'full is full');
update fleet.tenant set storage_quota = 2000000 where name = 'acme';
select is(pg_temp.sent('p-1', 11) ->> 'accepted', '1', 'the tenant''s own quota of storage goes before its plan''s');

-- Warnings.
select ops.count_usage(:acme) \g /dev/null
select results_eq('select * from pg_temp.warned()', $$values ('quota/devices', 'high', 'open'), ('quota/points', 'high', 'resolved'), ('quota/storage', 'high', 'resolved'), ('quota/users', 'high', 'open')$$, 'each quota has one alert, while it is nearly used up');
update fleet.tenant set storage_quota = 1100000 where name = 'acme';
select ops.count_usage(:acme) \g /dev/null
select results_eq($$select severity, summary from alerting.alert where tenant_id = pg_temp.tenant('acme') and dedup_key = 'quota/storage' and state = 'open'$$,
  format($$values ('medium', 'The quota of bytes of storage is at 80 %% or more: %s of 1100000 (plan "tiny")')$$, pg_temp.usage('storage_bytes')), 'from 80 % on, of severity medium');

-- Alerts a day.
select alerting.raise_condition(:acme, 'alert/' || n, case n when 5 then 'critical' else 'low' end, 'n') from generate_series(1, 2) n \g /dev/null
select alerting.raise_signals(:acme, null, array(select row('alert/' || n, case n when 5 then 'critical' else 'low' end, 'n', null, null, null, null)::alerting.signal from generate_series(3, 6) n)), alerting.group_alerts(:acme) \g /dev/null
create function pg_temp.told() returns table (key text, muted_by text) language sql as $$
  select al.dedup_key, al.muted_by from alerting.alert al where al.tenant_id = pg_temp.tenant('acme') and al.dedup_key like 'alert/%' order by 1
$$;
select results_eq('select * from pg_temp.told()', $$values ('alert/1', null), ('alert/2', null), ('alert/3', 'quota'), ('alert/4', 'quota'), ('alert/5', null), ('alert/6', 'quota')$$, 'those beyond are raised and nobody is told, the least severe first');
select ops.count_usage(:acme) \g /dev/null
select is((select severity from alerting.alert where tenant_id = :acme and dedup_key = 'quota/alerts' and muted_by is null and incident_id is not null), 'high', 'of which there is one alert that is told');
update alerting.alert set muted_id = muted_id - 1 where tenant_id = :acme and muted_by = 'quota';
update alerting.alert set raised_at = raised_at - interval '1 day' where tenant_id = :acme;
select alerting.group_alerts(:acme) \g /dev/null
select is((select count(*) from pg_temp.told() where muted_by is null), 6::bigint, 'the next day the others have their turn');
create function pg_temp.alerts_of_yesterday(counted interval) returns bigint language sql as $$
  update ops.usage set alerts = 1, counted_at = date_trunc('day', now(), 'UTC') + counted where tenant_id = pg_temp.tenant('acme') and day = (now() at time zone 'UTC')::date - 1;
  select ops.count_usage(pg_temp.tenant('acme'));
  select u.alerts from ops.usage u where u.tenant_id = pg_temp.tenant('acme') and u.day = (now() at time zone 'UTC')::date - 1
$$;
select is(pg_temp.alerts_of_yesterday('-1 second'), 6::bigint, 'what was raised after the last count of a day is counted on the next, those about quotas left out');
select is(pg_temp.alerts_of_yesterday('59 minutes'), 6::bigint, 'and so is what a transaction raised that ended on the next');
select is(pg_temp.alerts_of_yesterday('1 hour'), 1::bigint, 'for an hour');

-- Shown.
select is(pg_temp.asked('acme', 'viewer', $$select quota, max, plan from api.usage where day = (now() at time zone 'UTC')::date order by 1$$), '[{"quota": "alerts", "max": 3, "plan": "tiny"}, {"quota": "devices", "max": 2, "plan": "tiny"}, {"quota": "points", "max": 10, "plan": "tiny"}, {"quota": "storage", "max": 1100000, "plan": "tiny"}, {"quota": "users", "max": 2, "plan": "tiny"}]', 'viewers see what there may be');
select is(pg_temp.asked('acme', 'viewer', $$select used, percent from api.usage where day = (now() at time zone 'UTC')::date and quota = 'devices'$$), '[{"used": 2, "percent": 100.0}]', 'and what is used');
select is(pg_temp.asked('free', 'viewer', $$select * from api.usage$$), '[]', 'of their own tenant');
select is((select count(*) from ops.point_log where tenant_id = :acme), 0::bigint, 'what was counted is gone');

select * from finish();
rollback;
