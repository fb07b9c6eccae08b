-- A rule that is tried on history finds what it raises when readings arrive one after the other, each in a transaction of
-- its own.
select plan(19);
\ir ../support/sessions.psql
\ir ../support/names.psql
\ir ../support/refusal.psql
call pg_temp.pause_jobs();
select ops.create_tenant('rules-try', 'Acme') \gset
select fleet.create_profile(pg_temp.tenant('rules-try'), 'sensor', '["heat", "noise"]') \gset
insert into fleet.site (tenant_id, path, name) select pg_temp.tenant('rules-try'), p::public.ltree, p from unnest('{north,north.hall,south}'::text[]) p;
select fleet.open_stream(pg_temp.tenant('rules-try'), 'm-' || n, 'sensor') from generate_series(1, 6) n \g /dev/null
update fleet.device set site_id = pg_temp.site('rules-try', case when external_id in ('m-1', 'm-2', 'm-3') then 'north.hall' when external_id = 'm-4' then 'north' else 'south' end)
where tenant_id = pg_temp.tenant('rules-try');
delete from alerting.rule where tenant_id = pg_temp.tenant('rules-try');
create function pg_temp.instant(minute float8) returns timestamptz
language sql stable as $$ select date_bin('1 day', (select created_at from fleet.tenant where name = 'rules-try'), '2000-01-01 00:00:00+00') - interval '20 hours' + minute * interval '1 minute' $$;

-- Five hours of six devices that wander, are silent at times, and report nothing of one metric now and then.
select setseed(0.125) \gset
create temp table coming as
select st.stream_id, n as minute,
  array[50 + 30 * sin(n / (20.0 + st.place)) + 25 * (random() - 0.5), case when random() < 0.9 then random() end] as values
from (select s.stream_id, row_number() over (order by s.stream_id) as place from fleet.stream s where s.tenant_id = pg_temp.tenant('rules-try')) st
cross join generate_series(0, 300) n
where random() < 0.85 and sin(n / (11.0 + 3 * st.place)) < 0.7;
-- Where everything began.
insert into fleet.reading (tenant_id, stream_id, ts, values)
select pg_temp.tenant('rules-try'), s.stream_id, pg_temp.instant(-1), '{50,0.5}' from fleet.stream s where s.tenant_id = pg_temp.tenant('rules-try');

insert into alerting.rule (tenant_id, name, kind, severity, params)
select pg_temp.tenant('rules-try'), n, k, 'medium', p::jsonb
from (values
  ('plain', 'threshold', '{"metric": "heat", "op": ">", "levels": {"low": 60, "high": 75, "critical": 85}}'),
  ('clear', 'threshold', '{"metric": "heat", "op": "<", "levels": {"medium": 40, "critical": 25}, "clear": 55}'),
  ('lasting', 'threshold', '{"metric": "heat", "op": ">=", "levels": {"low": 55, "high": 65}, "clear": 45, "for": "6 minutes"}'),
  ('partial', 'threshold', '{"metric": "noise", "op": ">", "levels": {"low": 0.3, "medium": 0.5}, "for": "2 minutes"}'),
  ('mean', 'threshold', '{"metric": "heat", "op": ">", "levels": {"low": 55, "high": 70}, "of": "mean", "bucket": "5 minutes", "for": "10 minutes"}'),
  ('lowest', 'threshold', '{"metric": "heat", "op": "<", "levels": {"low": 30}, "of": "min", "bucket": "2 minutes"}'),
  ('silent', 'no_data', '{"for": "5 minutes", "every": "1 second"}'),
  ('dark', 'no_data', '{"for": "5 minutes", "per": "site", "share": 0.6, "every": "1 second"}'),
  ('rising', 'trend', '{"metric": "heat", "window": "40 minutes", "slope_per": "1 hour", "op": ">", "levels": {"low": 30, "critical": 60}, "for": "10 minutes", "every": "5 minutes"}'),
  ('coming', 'forecast', '{"metric": "heat", "window": "100 minutes", "bucket": "5 minutes", "horizon": "30 minutes", "op": ">", "limit": 78, "every": "10 minutes"}'),
  ('other', 'drift', '{"metric": "heat", "reference": "60 minutes", "current": "30 minutes", "test": "ks", "min_n": 10, "levels": {"low": 0.4, "high": 0.7}, "every": "5 minutes"}')) x (n, k, p);

-- What fires after each minute, and how severe it was at worst.
create temp table seen (rule text, subject text, started_at timestamptz, worst int, ended_at timestamptz, primary key (rule, subject, started_at));
create procedure pg_temp.live(from_minute int, to_minute int)
language plpgsql as $$
begin
  for v_minute in from_minute .. to_minute loop
    insert into fleet.reading (tenant_id, stream_id, ts, values)
    select pg_temp.tenant('rules-try'), c.stream_id, pg_temp.instant(v_minute), c.values from coming c where c.minute = v_minute;
    commit;
    perform alerting.evaluate_rules(pg_temp.tenant('rules-try'), pg_temp.instant(v_minute));
    commit;
    update seen set ended_at = pg_temp.instant(v_minute)
    where ended_at is null and not exists (
      select from alerting.rule_state s join alerting.rule r using (tenant_id, rule_id)
      where r.tenant_id = pg_temp.tenant('rules-try') and r.name = seen.rule and s.subject = seen.subject and s.firing_since = seen.started_at);
    insert into seen (rule, subject, started_at, worst)
    select r.name, s.subject, s.firing_since, detect.severity_rank(s.severity)
    from alerting.rule_state s join alerting.rule r using (tenant_id, rule_id)
    where r.tenant_id = pg_temp.tenant('rules-try') and s.firing_since is not null
    on conflict (rule, subject, started_at) do update set worst = greatest(seen.worst, excluded.worst);
    commit;
  end loop;
end $$;
call pg_temp.live(0, 60);
call pg_temp.live(61, 120);
call pg_temp.live(121, 180);
call pg_temp.live(181, 240);
call pg_temp.live(241, 300);
select is(alerting.evaluate_rules(pg_temp.tenant('rules-try'), pg_temp.instant(300)), 0::bigint, 'what has been looked at is not looked at again');
select is_empty($$select name, last_error from alerting.rule where tenant_id = pg_temp.tenant('rules-try') and last_error is not null$$, 'rules work');
select ok((select min(n) from (select count(s.rule) as n from alerting.rule r left join seen s on s.rule = r.name where r.tenant_id = pg_temp.tenant('rules-try') group by r.name) x) >= 3, 'each has found something');
create function pg_temp.tried(name text) returns table (subject text, started_at timestamptz, worst int, ended_at timestamptz)
language sql as $$
  select t.subject, t.started_at, detect.severity_rank(t.severity), t.ended_at
  from alerting.rule r cross join lateral alerting.try_rule(r, pg_temp.instant(0), pg_temp.instant(300)) t
  where r.tenant_id = pg_temp.tenant('rules-try') and r.name = tried.name
$$;
select set_eq(format('select * from pg_temp.tried(%L)', r.name),
  format('select subject, started_at, worst, ended_at from seen where rule = %L', r.name),
  format('%s: what it finds in all readings at once it has raised one by one', r.name))
from alerting.rule r where r.tenant_id = pg_temp.tenant('rules-try') order by r.rule_id;

-- What it says.
select ok((select bool_and(t.device ~ '^m-\d$' and t.value > 60 and t.summary ~ ('^heat is [0-9.]+ on ' || t.device || ' \(above (60|75|85)\)$'))
  from alerting.rule r cross join lateral alerting.try_rule(r, pg_temp.instant(0), pg_temp.instant(300)) t where r.name = 'plain' and r.tenant_id = pg_temp.tenant('rules-try')),
  'device, value and summary are those of the worst');
select ok((select count(*) from pg_temp.tried('plain') where ended_at is null) between 1 and 6, 'what goes on has no end');
select is((select count(*) from alerting.alert where tenant_id = pg_temp.tenant('rules-try') and raised_at > clock_timestamp()), 0::bigint, 'nothing is raised by it');

-- What cannot be tried.
create function pg_temp.try(rule text, params text) returns text
language sql as $$
  select pg_temp.refusal(format($q$select t from alerting.read_rule(pg_temp.tenant('rules-try'), %L) r cross join lateral alerting.try_rule(r, now() - interval '10 days', now()) t$q$,
    jsonb_build_object('name', 'x', 'kind', rule, 'params', params::jsonb)))
$$;
select matches(pg_temp.try('system', '{"what": "job", "late": "1 hour"}'), '^22023: rules of kind system cannot be tried on history .*GET /alerts', 'the system has no history');
select matches(pg_temp.try('trend', '{"metric": "heat", "window": "2 hours", "slope_per": "1 hour", "op": ">", "levels": {"low": 1}}'),
  '^22023: a rule of kind trend is tried at most 1000 times, each 00:05:00 \(Choose a shorter', 'and not more often than is sensible');

call pg_temp.remove('rules-try');
drop extension dblink;
select * from finish();
