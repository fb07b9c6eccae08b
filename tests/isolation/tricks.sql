-- What somebody with a SQL prompt might try, from connections of their own. Prints a TAP line for each attempt.
\set QUIET on
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
set client_min_messages = warning;
select current_user as superuser \gset
begin;
\ir fixture.sql
-- Statistics, as autovacuum would have made them by now.
analyze;
select alpha.tenant_id as alpha, omega.tenant_id as omega from isolation.tenant alpha, isolation.tenant omega where alpha.name = 'alpha' and omega.name = 'omega' \gset
select min(anomaly_id) as omega_anomaly, min(model_id) as omega_model from detect.anomaly where tenant_id = :omega \gset
create table isolation.fingerprint as select t.tenant_id, isolation.fingerprint(t.tenant_id) as before from isolation.tenant t;
create table isolation.chunk as
select format('%I.%I', c.schema_name, c.table_name) as name, format('%I.%I', h.schema_name, h.table_name) as hypertable
from _timescaledb_catalog.chunk c join _timescaledb_catalog.hypertable h on h.id = c.hypertable_id where not c.dropped;
-- But those that are for staff in the platform's own tenant alone, and refuse whoever is in another.
create table isolation.api_view as select c.oid::regclass::text as name from pg_class c
where c.relnamespace = 'api'::regnamespace and c.relkind = 'v' and c.relname not in ('tenants', 'tenant_exports', 'tenant_deletions');
grant select on isolation.chunk, isolation.api_view to public;

-- refused: the statement ends with one of these SQLSTATEs. What it wrote is undone.
create function isolation.refused(name text, statement text, variadic states text[] default '{42501}') returns text
language plpgsql as $$
declare
  v_state text;
  v_message text;
begin
  begin
    execute statement;
    raise sqlstate 'VG000';
  exception
    when sqlstate 'VG000' then
      return format(E'not ok - %s: %s\n#   it was accepted', session_user, name);
    when others then
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
      if v_state = any (states) then
        return format('ok - %s: %s', session_user, name);
      end if;
      return format(E'not ok - %s: %s\n#   it ended with %s %s', session_user, name, v_state, v_message);
  end;
end $$;
-- answers: the query gives one value, this one.
create function isolation.answers(name text, query text, expected text) returns text
language plpgsql as $$
declare
  v_answer text;
begin
  execute query into v_answer;
  if v_answer is not distinct from expected then
    return format('ok - %s: %s', session_user, name);
  end if;
  return format(E'not ok - %s: %s\n#   it answers %s, not %s', session_user, name, coalesce(v_answer, 'null'), coalesce(expected, 'null'));
exception when others then
  return format(E'not ok - %s: %s\n#   it fails with %s %s', session_user, name, sqlstate, sqlerrm);
end $$;
-- sees: what a session sees of each view of api: its own tenant, and nobody else's. Marker null: nothing at all.
create function isolation.sees(name text, marker text, setting text default null) returns setof text
language plpgsql as $$
declare
  v_view text;
begin
  if setting is not null then
    execute setting;
  end if;
  for v_view in select v.name from isolation.api_view v order by 1 loop
    -- Some are for a tenant's admin only.
    if marker is null or not has_table_privilege(v_view, 'select') then
      return next isolation.refused(format('%s: %s', name, v_view), format('select * from %s', v_view));
    else
      return next isolation.answers(format('%s: %s', name, v_view),
        format('select (count(*) > 0)::text || '' '' || count(*) filter (where x::text not like %L or x::text like %L) from %s x', '%' || marker || '%',
          '%' || case marker when 'alpha' then 'omega' else 'alpha' end || '%', v_view), 'true 0');
    end if;
  end loop;
end $$;
-- outside: what nobody may do, whoever asks.
create function isolation.outside() returns setof text
language plpgsql as $$
declare
  v_chunk isolation.chunk;
  v_name text;
  v_ours text := $q$s.schemaname in ('fleet', 'detect', 'alerting', 'ops', 'auth') or s.tablename like '\_hyper\_%'$q$;
begin
  for v_chunk in select c.name, c.hypertable from isolation.chunk c order by 1 loop
    return next isolation.refused(format('read chunk %s of %s', v_chunk.name, v_chunk.hypertable), format('select * from %s', v_chunk.name));
    return next isolation.refused(format('write chunk %s', v_chunk.name), format('insert into %s select * from %s', v_chunk.name, v_chunk.hypertable));
    return next isolation.refused(format('change chunk %s', v_chunk.name), format('update %s set ts = ts', v_chunk.name));
    return next isolation.refused(format('empty chunk %s', v_chunk.name), format('delete from %s', v_chunk.name));
    return next isolation.refused(format('drop chunk %s', v_chunk.name), format('select _timescaledb_functions.drop_chunk(%L)', v_chunk.name));
    return next isolation.refused(format('drop table %s', v_chunk.name), format('drop table %s', v_chunk.name));
  end loop;
  foreach v_name in array '{fleet.reading,fleet.reading_rollup,detect.device_feature,detect.score}'::text[] loop
    return next isolation.refused(format('read %s', v_name), format('select * from %s', v_name));
    return next isolation.refused(format('drop chunks of %s', v_name), format('select drop_chunks(%L, now() + interval ''1 year'')', v_name), '42501', '22023');
    return next isolation.refused(format('change chunks of %s', v_name), format('select set_chunk_time_interval(%L, interval ''1 hour'')', v_name));
    return next isolation.refused(format('copy %s', v_name), format('copy %s to program ''cat''', v_name));
  end loop;
  return next isolation.refused('freeze a chunk', format('select _timescaledb_functions.freeze_chunk(%L)', (select min(c.name) from isolation.chunk c)));
  return next isolation.refused('stop TimescaleDB', 'select timescaledb_pre_restore()', '42501', '55000');
  foreach v_name in array '{vigil_owner,vigil_api,vigil_jobs,postgres,pg_read_all_data,pg_monitor,pg_read_server_files,pg_execute_server_program}'::text[] loop
    return next isolation.refused(format('set role %s', v_name), format('set role %I', v_name));
  end loop;
  return next isolation.refused('become somebody else', 'set session authorization vigil_jobs');
  return next isolation.refused('grant oneself a role', 'grant vigil_jobs to current_user');
  return next isolation.refused('make a role', 'create role isolation_made superuser');
  return next isolation.refused('let oneself pass row security', 'alter role current_user bypassrls');
  return next isolation.refused('switch row security off', 'alter table fleet.device disable row level security');
  return next isolation.refused('add a policy', 'create policy everybody on fleet.device using (true)');
  return next isolation.refused('replace the tenant function', 'create or replace function auth.tenant_id() returns int language sql as ''select 1''');
  return next isolation.refused('add a trigger', 'create trigger t after insert on fleet.device for each row execute function fleet.keep_contract()');
  return next isolation.refused('refer to another''s rows', 'create temp table r (tenant_id int, device_id int, foreign key (tenant_id, device_id) references fleet.device)', '42501', '42P16');
  return next isolation.refused('make a table in public', 'create table public.found_by_accident ()');
  return next isolation.refused('make a function in api', 'create function api.f() returns int language sql as ''select 1''');
  return next isolation.refused('truncate', 'truncate fleet.device cascade');
  return next isolation.refused('lock a table', 'lock table fleet.device in share mode');
  return next isolation.refused('lock rows', 'select * from fleet.device for update');
  return next isolation.refused('merge', 'merge into fleet.device d using (select 1) x on true when matched then update set name = ''mine''');
  return next isolation.refused('merge through a view', 'merge into api.jobs d using (select 1) x on true when matched then delete');
  return next isolation.refused('read a file', 'select pg_read_file(''postgresql.conf'')');
  return next isolation.refused('run a program', 'copy (select 1) to program ''true''');
  return next isolation.refused('write a file', 'copy (select 1) to ''/tmp/isolation''');
  return next isolation.refused('read statistics at their source', 'select * from pg_statistic');
  return next isolation.refused('read passwords', 'select * from pg_authid');
  return next isolation.refused('read the login mapping', 'select * from auth.login');
  return next isolation.refused('map oneself to another tenant', 'update auth.login set tenant_id = 1');
  return next isolation.refused('read the jobs'' schedule', 'select * from cron.job');
  return next isolation.refused('schedule a job', 'select cron.schedule(''x'', ''* * * * *'', ''select 1'')');
  return next isolation.refused('take the lock of a job', 'select pg_try_advisory_lock(hashtextextended(''vigil.job.features'', 0))');
  return next isolation.refused('read a sequence', 'select last_value from fleet.device_device_id_seq');
  return next isolation.refused('advance a sequence', 'select nextval(''fleet.device_device_id_seq'')');
  return next isolation.answers('sequences say nothing', 'select count(s.last_value) from pg_sequences s where s.schemaname in (''fleet'', ''detect'', ''alerting'', ''ops'')', '0');
  return next isolation.answers('statistics say nothing', 'select count(*) from pg_stats s where ' || v_ours, '0');
  return next isolation.answers('extended statistics say nothing', 'select count(*) from pg_stats_ext s where s.schemaname in (''fleet'', ''detect'', ''alerting'', ''ops'', ''auth'')', '0');
  return next isolation.answers('what others run is not shown',
    'select count(*) from pg_stat_activity a where a.usename <> session_user and a.query not in ('''', ''<insufficient privilege>'')', '0');
end $$;
commit;
-- There is something to be seen.
select isolation.answers('statistics of chunks', $$select count(*) > 0 from pg_stats s where s.tablename like '\_hyper\_%' and s.attname = 'values'$$, 'true');
select isolation.answers('statistics of tables', $$select count(*) > 0 from pg_stats s where s.schemaname = 'fleet' and s.attname = 'external_id'$$, 'true');
select isolation.answers('chunks of every hypertable', 'select count(distinct c.hypertable) from isolation.chunk c', '4');

-- Nobody may make temporary objects. With them the rest is harder to refuse, so they are allowed from here on.
\connect - bi_isolation_alpha
set client_min_messages = warning;
select isolation.refused('temporary tables', 'create temp table mine (x int)');
\connect - :superuser
grant temporary on database :"DBNAME" to public;

-- A BI login of alpha.
\connect - bi_isolation_alpha
set client_min_messages = warning;
select isolation.outside();
select isolation.sees('its own tenant', 'alpha');
select isolation.sees('not by claims', 'alpha', format('set request.jwt.claims = %L', format('{"role": "platform_admin", "sub": "x", "tenant_id": %s}', :omega)));
select isolation.sees('not as bi_reader', 'alpha', 'set role bi_reader');
reset role;
select isolation.sees('not by search_path', 'alpha', 'set search_path = pg_temp, pg_catalog');
reset search_path;
reset request.jwt.claims;
select isolation.refused('set role viewer', 'set role viewer');
select isolation.refused('set role authenticator', 'set role authenticator');
select isolation.refused('row_security = off', 'set local row_security = off; select * from fleet.device');
select isolation.refused('row_security = off through a view', 'set local row_security = off; select * from api.readings');
select isolation.refused('ingest', $$select api.ingest('[]')$$);

-- Temporary objects with the names that our functions use.
create temp table login as select session_user::name as login_name, :omega as tenant_id;
create temp table tenant as select :omega as tenant_id, true as active;
create function pg_temp.tenant_id() returns int language sql as 'select 2147483647';
create function pg_temp.current_setting(text, boolean) returns text language sql as $$ select '{"tenant_id": 2147483647}' $$;
set search_path = pg_temp, auth, fleet;
select isolation.sees('not by temporary objects', 'alpha');
select isolation.answers('the tenant is the mapped one', 'select auth.tenant_id()', :'alpha');
reset search_path;

-- A leaky function or operator in WHERE is asked about no row of another tenant, however cheap it says it is.
create temp table seen (value text);
create function pg_temp.peek(value text) returns boolean language plpgsql cost 0.000001 as $$ begin insert into pg_temp.seen values (value); return true; end $$;
create function pg_temp.peek_at(tables text[]) returns setof text
language plpgsql as $$
declare
  v_table text;
begin
  foreach v_table in array tables loop
    truncate pg_temp.seen;
    execute format('select count(*) from %s x where pg_temp.peek(x::text)', v_table);
    return next isolation.answers(format('a leaky function over %s', v_table),
      'select (count(*) > 0)::text || '' '' || count(*) filter (where value like ''%omega%'' or value like ''%27182.%'') from pg_temp.seen', 'true 0');
  end loop;
end $$;
select pg_temp.peek_at(array(select name from isolation.api_view where has_table_privilege('bi_reader', name, 'select') order by 1)
  || array(select t from unnest('{fleet.tenant,fleet.site,fleet.profile,fleet.metric,fleet.device,fleet.latest,detect.anomaly,alerting.alert,ops.job_run}'::text[]) t where has_table_privilege('bi_reader', t, 'select')));
set enable_indexscan = off;
set enable_bitmapscan = off;
set enable_hashjoin = off;
set enable_mergejoin = off;
select pg_temp.peek_at(array(select name from isolation.api_view where has_table_privilege('bi_reader', name, 'select') order by 1) || '{fleet.site,alerting.alert}');
reset all;
select isolation.answers('an error that a row of another tenant would raise',
  $$select count(*) > 0 from fleet.site d where 1 / (case when d.name like 'omega%' then 0 else 1 end) = 1$$, 'true');
select isolation.answers('or a measurement', $$select count(*) > 0 from api.readings r where 1 / (case when r.values[1] between 27182 and 27184 then 0 else 1 end) = 1$$, 'true');
select isolation.answers('a sample of the pages', $$select count(*) from alerting.incident i tablesample system (100) where i::text like '%omega%'$$, '0');
select isolation.answers('a cursor', $$select count(*) from query_to_xml('select * from alerting.incident', false, false, '') x where x::text like '%omega%'$$, '0');
\copy (select i::text from alerting.incident i union all select r::text from api.telemetry r) to program 'if grep -qE "omega|27182[.]"; then echo "not ok - bi_isolation_alpha: copy shows others"; else echo "ok - bi_isolation_alpha: copy shows no others"; fi'
\copy alerting.incident to program 'if grep -qE "omega"; then echo "not ok - bi_isolation_alpha: copy of a table shows others"; else echo "ok - bi_isolation_alpha: copy of a table shows no others"; fi'

-- One that is mapped to no tenant sees nothing, whatever it claims.
\connect - bi_isolation_unmapped
set client_min_messages = warning;
select isolation.outside();
select isolation.sees('no tenant', null);
select isolation.sees('no tenant by claims', null, format('set request.jwt.claims = %L', format('{"role": "platform_admin", "tenant_id": %s}', :omega)));
select isolation.refused('a table', 'select * from fleet.device');

-- The worker has its functions.
\connect - vigil_worker
set client_min_messages = warning;
select isolation.outside();
select isolation.sees('no rights', null);
select isolation.refused('set role viewer', 'set role viewer');
select isolation.refused('set role authenticator', 'set role authenticator');

-- PostgREST's login: no rights before it takes a request role, and only those of that role afterwards.
\connect - authenticator
set client_min_messages = warning;
select isolation.outside();
select set_config('request.jwt.claims', format('{"role": "viewer", "sub": "x", "tenant_id": %s}', :alpha), false) \g /dev/null
select isolation.sees('no rights without a role', null);
select isolation.refused('set role vigil_worker', 'set role vigil_worker');
select isolation.refused('set role bi_reader', 'set role bi_reader');
set role platform_admin;
select isolation.outside();
select isolation.sees('the tenant of the claims', 'alpha');
select isolation.refused('row_security = off', 'set local row_security = off; select * from fleet.device');
set role anon;
select isolation.outside();
select isolation.sees('anon has no rights', null);

-- A connection serves one tenant after the other, with the plans that it has made.
set role viewer;
prepare devices as select coalesce(string_agg(distinct left(d.device, 5), ','), '-') from api.devices d;
prepare readings as select coalesce(string_agg(distinct left(r.device, 5), ','), '-') from api.readings r;
create function pg_temp.series() returns text language sql as $$ select count(*)::text from api.series('alpha-1', 'alpha_a', now() - interval '1 day', now()) $$;
create function pg_temp.alternate() returns setof text
language plpgsql as $$
declare
  v_tenant record;
  v_plan text;
begin
  for i in 1 .. 8 loop
    for v_tenant in
      select * from (values ('alpha', current_setting('isolation.alpha')), ('omega', current_setting('isolation.omega'))) as t (name, id)
    loop
      perform set_config('request.jwt.claims', format('{"role": "viewer", "sub": "x", "tenant_id": %s}', v_tenant.id), false);
      foreach v_plan in array '{devices,readings}'::text[] loop
        return next isolation.answers(format('prepared statement over %s, time %s, as %s', v_plan, i, v_tenant.name), format('execute %s', v_plan), v_tenant.name);
      end loop;
      return next case v_tenant.name
        when 'alpha' then isolation.answers(format('a function, time %s, as alpha', i), 'select pg_temp.series() > ''0''', 'true')
        else isolation.refused(format('the same function, time %s, as omega', i), 'select pg_temp.series()', '42704') end;
    end loop;
  end loop;
end $$;
select set_config('isolation.alpha', :'alpha', false), set_config('isolation.omega', :'omega', false) \g /dev/null
select pg_temp.alternate();
set plan_cache_mode = force_generic_plan;
select pg_temp.alternate();
reset plan_cache_mode;
set role anon;
select isolation.refused('a statement that was prepared by another role', 'execute devices');

-- What is not there and what belongs to others is told apart by nothing in the answer.
set role tenant_admin;
select set_config('request.jwt.claims', format('{"role": "tenant_admin", "sub": "x", "tenant_id": %s}', :alpha), false) \g /dev/null
create function pg_temp.answer(statement text) returns text
language plpgsql as $$
declare
  v_text text;
  v_hint text;
begin
  begin
    execute statement into v_text;
    raise sqlstate 'VG000';
  exception
    when sqlstate 'VG000' then
      null;
    when others then
      get stacked diagnostics v_hint = pg_exception_hint;
      v_text := concat_ws(' ', sqlstate, sqlerrm, v_hint);
  end;
  -- The names and numbers of the question come back in the answer.
  return regexp_replace(regexp_replace(v_text, 'omega|nobody', '…', 'g'), '\d+', '0', 'g');
end $$;
select isolation.answers(format('%s of another tenant', name),
  format('select pg_temp.answer(%L) = pg_temp.answer(%L)', replace(statement, '{}', 'omega'), replace(statement, '{}', 'nobody')), 'true')
from (values
  ('score for a device', $$select api.score('{}-1', '{"a": 1}')$$),
  ('explanation for a device', $$select * from api.explain('{}-1')$$),
  ('series of a device', $$select * from api.series('{}-1', '{}_a', now() - interval '1 day', now())$$),
  ('training of a profile', $$select api.train_model('{}_profile')$$),
  ('training for a device', $$select api.train_model('alpha_profile', '{"device": "{}-1"}')$$),
  ('training for a device model', $$select api.train_model('alpha_profile', '{"device_model": "{} model"}')$$),
  ('training for a site', $$select api.train_model('alpha_profile', '{"site": "{}"}')$$),
  ('registration with a profile', $$select api.register_device('x', '{}_profile')$$),
  ('registration at a site', $$select api.register_device('x', 'alpha_profile', site => '{}')$$),
  ('registration of a device', $$select api.register_device('{}-1', 'alpha_profile')$$),
  ('making of a profile', $$select api.create_profile('{}_profile', '["a"]') - 'created_at'$$),
  ('readings of a device', $$select api.ingest('[{"device": "{}-1", "ts": "2026-03-01T00:00:00Z", "metrics": {"{}_a": 1}}]')$$)
) as q (name, statement);
select isolation.answers('acknowledging of an anomaly',
  format('select pg_temp.answer(''select api.acknowledge_anomaly(%s)'') = pg_temp.answer(''select api.acknowledge_anomaly(999999999)'')', :omega_anomaly), 'true');

-- The functions below the API take the tenant as an argument; row security holds for them all the same.
\connect - :superuser
set client_min_messages = warning;
begin;
create function isolation.as_vigil_api(statement text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_answer text;
begin
  execute statement into v_answer;
  return v_answer;
end $$;
alter function isolation.as_vigil_api owner to vigil_api;
commit;
\connect - authenticator
set client_min_messages = warning;
set role tenant_admin;
select set_config('request.jwt.claims', format('{"role": "tenant_admin", "sub": "x", "tenant_id": %s}', :alpha), false) \g /dev/null
select isolation.refused(q.name, format('select isolation.as_vigil_api(%L)', replace(q.statement, '{}', :'omega')), q.state)
from (values
  ('ingestion for another tenant', $$select fleet.ingest({}, '[{"device": "omega-1", "ts": "2026-03-01T00:00:00Z", "metrics": {"omega_a": 1}}]')$$, '42501'),
  ('a stream for another tenant', $$select fleet.open_stream({}, 'omega-1', 'omega_profile')$$, '42501'),
  ('a profile for another tenant', $$select fleet.create_profile({}, 'new', '["a"]')$$, '42501'),
  ('features for another tenant', $$select detect.define_features({}, (select min(profile_id) from fleet.profile))$$, '42704'),
  ('training for another tenant', $$select detect.train({}, (select min(profile_id) from fleet.profile), 'profile', null, null)$$, '42704'),
  ('a metric for another tenant', $$insert into fleet.metric (tenant_id, profile_id, position, name) select {}, profile_id, null, 'x' from fleet.profile$$, '42501'),
  ('a reading for another tenant', $$insert into fleet.reading (tenant_id, stream_id, ts, values) select {}, stream_id, now(), '{1}' from fleet.stream limit 1$$, '42501'),
  ('readings given to another tenant', $$update fleet.reading set tenant_id = {}$$, '42501')
) as q (name, statement, state);
select isolation.answers('features of another tenant''s readings', format($$select isolation.as_vigil_api('select detect.compute_features(%s)')$$, :omega), '0');
select isolation.answers('another tenant''s model', format($$select isolation.as_vigil_api('select count(*) from detect.contributions(%s, %s, ''{1,2,3,4}'', 5)')$$, :omega, :omega_model), '0');
select isolation.answers('copy of a hypertable', $$select isolation.as_vigil_api('select count(*) filter (where values[1] < 31337) from fleet.reading')$$, '0');

-- After all this both tenants have what they had.
\connect - :superuser
select format('%s - nothing of %s has changed', case when isolation.fingerprint(f.tenant_id) = f.before then 'ok' else 'not ok' end, t.name)
from isolation.fingerprint f join isolation.tenant t using (tenant_id) order by t.name;
