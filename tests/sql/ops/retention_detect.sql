-- Retention of anomalies and of models that were replaced.
begin;
select plan(13);
\ir ../support/names.psql
\ir ../support/pumps.psql
-- Five models of the profile, replaced 700, 400, 200 and 100 days ago, and one of a stream.
select pg_temp.train() as m1, pg_temp.train() as m2, pg_temp.train() as m3, pg_temp.train() as m4, pg_temp.train() as m5, pg_temp.train('stream', 'p-1') as s1, pg_temp.train('stream', 'p-1') as s2 \gset
update detect.model m set trained_at = now() - x.age * interval '1 day'
from (values (:m1, 800), (:m2, 700), (:m3, 400), (:m4, 200), (:m5, 100), (:s1, 900), (:s2, 190)) as x (model, age) where m.model_id = x.model;
create function pg_temp.going(of_object text) returns table (going bigint, held bigint, from_ts timestamptz, to_ts timestamptz) language sql as $$
  select p.row_count, p.held_rows, p.from_ts, p.to_ts from ops.retention_plan(of_object, pg_temp.tenant('acme')) p
$$;
create function pg_temp.remove(of_object text) returns bigint language sql as $$
  select ops.remove_rows(o.object, o.relation, 0, 10000, 0, now()) from ops.retention_object o where o.object = of_object
$$;
select results_eq($$select * from pg_temp.going('training')$$, $$values (4::bigint, 0::bigint, now() - interval '700 days', now() - interval '190 days')$$, 'a model''s time is when it was replaced');
insert into ops.retention_policy (tenant_id, object, hot, reason) values (pg_temp.tenant('acme'), 'scores', '500 days', 'longer');
select results_eq($$select going from pg_temp.going('training')$$, 'values (1::bigint)', 'it stays as long as the scores that name it');
delete from ops.retention_policy where tenant_id = pg_temp.tenant('acme');

-- Anomalies: closed ones, by their end.
create function pg_temp.episode(model int, device text, ended int, state text default 'closed', lasted interval default '1 hour', pending boolean default false) returns bigint
language sql as $$
  insert into detect.anomaly (tenant_id, stream_id, model_id, state, severity, started_at, ended_at, points, peak_score, peak_at, explanation, alert_pending)
  values (pg_temp.tenant('acme'), pg_temp.stream('acme', device), model, state, 'high', now() - ended * interval '1 day' - lasted, now() - ended * interval '1 day', 3, 0.9, now() - ended * interval '1 day', '[]', pending)
  returning anomaly_id
$$;
select pg_temp.episode(:m2, 'p-1', 400) as old, pg_temp.episode(:m2, 'p-2', 366) as older_by_a_day, pg_temp.episode(:m2, 'p-1', 364) as young,
  pg_temp.episode(:m2, 'p-3', 400, 'open') as still_open, pg_temp.episode(:m2, 'p-4', 400, pending => true) as untold, pg_temp.episode(:m3, 'p-5', 364, lasted => '30 days') as long_one \gset
select is((select going from pg_temp.going('training')), 2::bigint, 'a model that anomalies name stays');
select results_eq($$select * from pg_temp.going('anomalies')$$, $$values (2::bigint, 0::bigint, now() - interval '400 days', now() - interval '366 days')$$, 'anomalies go by their end, once they are closed and told');
insert into ops.retention_policy (tenant_id, profile_id, object, hot, reason) values (pg_temp.tenant('acme'), pg_temp.profile('acme', 'pump'), 'anomalies', '380 days', 'longer');
select is((select going from pg_temp.going('anomalies')), 1::bigint, 'by their profile''s policy');
delete from ops.retention_policy where tenant_id = pg_temp.tenant('acme');

-- A hold over a day inside an episode covers it; one of a device its own models.
select ops.place_hold('acme', 'x', 'p-1', from_ts => now() - interval '400 days 30 minutes', to_ts => now() - interval '400 days 20 minutes') as hold \gset
select results_eq($$select going, held from pg_temp.going('anomalies')$$, 'values (1::bigint, 1::bigint)', 'what a hold touches is held');
select results_eq($$select going, held from pg_temp.going('training')$$, 'values (1::bigint, 1::bigint)', 'a device''s own model with it');
select is(pg_temp.remove('anomalies'), 1::bigint, 'the other goes');
select set_eq('select anomaly_id from detect.anomaly', format('values (%s::bigint), (%s), (%s), (%s), (%s)', :old, :young, :still_open, :untold, :long_one), 'and no other');
select is(pg_temp.remove('training'), 1::bigint, 'so does a model');
select set_eq('select model_id from detect.model', format('values (%s), (%s), (%s), (%s), (%s), (%s)', :m2, :m3, :m4, :m5, :s1, :s2), 'that nothing names');
select ops.release_hold(pg_temp.tenant('acme'), :hold) \gset
select is(pg_temp.remove('anomalies') + pg_temp.remove('training'), 2::bigint, 'released, they go as well');
select is((select count(*) from detect.model where status = 'active'), 2::bigint, 'active models stay, however old');

select * from finish();
rollback;
