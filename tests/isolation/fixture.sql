-- Two tenants with rows in every table. Every text of one holds "alpha" and its measurements begin with 31337; those of
-- the other hold "omega" and begin with 27182. They are not active and nothing of theirs is due, so that no job and no
-- worker touches them meanwhile.
create schema isolation;
grant usage on schema isolation to public;
alter default privileges in schema isolation grant execute on functions to public;

do $$
declare
  v_name text;
begin
  foreach v_name in array '{alpha,omega}'::text[] loop
    if not exists (select from pg_roles where rolname = 'bi_isolation_' || v_name) then
      execute format('create role %I login in role bi_reader', 'bi_isolation_' || v_name);
    end if;
  end loop;
  if not exists (select from pg_roles where rolname = 'bi_isolation_unmapped') then
    create role bi_isolation_unmapped login in role bi_reader;
  end if;
end $$;

create function isolation.make_tenant(name text, secret float8) returns int
language plpgsql
as $$
declare
  v_tenant int := ops.create_tenant('isolation-' || name, name);
  v_profile int;
  v_site int;
begin
  update fleet.tenant t set active = false where t.tenant_id = v_tenant;
  insert into auth.login (login_name, tenant_id, kind, note, name, created_by) values ('bi_isolation_' || name, v_tenant, 'bi', name, name || '_login', name);
  -- To its login the tenant is active.
  update auth.login l set tenant_active = true where l.tenant_id = v_tenant;
  insert into auth.account (account_id, email, display_name) values (md5(name)::uuid, name || '@example.com', name), (md5(name || '-2')::uuid, name || '-2@example.com', name);
  insert into auth.membership (tenant_id, account_id, role, accepted_at, created_by) values (v_tenant, md5(name)::uuid, 'tenant_admin', now(), name), (v_tenant, md5(name || '-2')::uuid, 'viewer', now(), name);
  insert into auth.session (session_id, kind, account_id, current_tenant_id, expires_at, user_agent) values (md5(name || '-session')::uuid, 'login', md5(name)::uuid, v_tenant, now() + interval '1 day', name);
  insert into auth.api_key (tenant_id, name, prefix, key_sha256, scope, created_by) values (v_tenant, name || '-key', name, sha256(name::bytea), 'read', name);
  insert into auth.rate_limit (tenant_id, class, bearer, burst, per_second) values (v_tenant, 'read', 'user', 1000, 1000);
  insert into fleet.site (tenant_id, path, name) values (v_tenant, name::public.ltree, name) returning site_id into v_site;
  v_profile := fleet.create_profile(v_tenant, name || '_profile', jsonb_build_array(name || '_a', name || '_b'));
  perform detect.define_features(v_tenant, v_profile, '[{"statistic": "raw"}, {"statistic": "mean", "window": "10 minutes"}]');
  perform fleet.open_stream(v_tenant, name || '-' || n, name || '_profile') from generate_series(1, 2) n;
  update fleet.device d set name = make_tenant.name || ' device', model = make_tenant.name || ' model', site_id = v_site where d.tenant_id = v_tenant;
  insert into detect.policy (tenant_id, profile_id, opens_at, min_points) values (v_tenant, v_profile, 'low', 1);
  insert into fleet.reading (tenant_id, stream_id, ts, values)
  select v_tenant, st.stream_id, date_trunc('hour', now()) - interval '6 hours' + n * interval '2 minutes', array[secret + random(), secret + sin(n)]
  from fleet.stream st, generate_series(1, 100) n where st.tenant_id = v_tenant;
  perform detect.train(v_tenant, v_profile, 'profile', null, jsonb_build_object('n_trees', 5, 'sample_size', 16, 'to', date_trunc('hour', now()) - interval '4 hours'));
  update detect.model m set trained_by = name, thresholds = '{0.4,0.4,0.4,0.4}' where m.tenant_id = v_tenant;
  perform detect.compute_features(v_tenant);
  perform detect.compute_scores(v_tenant);
  perform detect.compute_anomalies(v_tenant);
  insert into fleet.rollup (tenant_id, bucket) values (v_tenant, '2 hours');
  perform fleet.make_rollups(v_tenant);
  perform ops.add_webhook('isolation-' || name, name || ' hook', 'https://hooks.example.com/' || name, name);
  insert into alerting.rule (tenant_id, name, kind, params)
  values (v_tenant, make_tenant.name || ' rule', 'threshold', jsonb_build_object('metric', make_tenant.name || '_a', 'op', '>', 'levels', '{"low": 0}'::jsonb));
  update alerting.rule r set labels = jsonb_build_object('of', make_tenant.name) where r.tenant_id = v_tenant;
  insert into alerting.rule_view (tenant_id, relation_schema, relation_name) values (v_tenant, make_tenant.name, make_tenant.name);
  perform alerting.evaluate_rules(v_tenant);
  perform alerting.raise_alerts(v_tenant);
  update alerting.notification n set next_attempt_at = now() + interval '1 year' where n.tenant_id = v_tenant;
  -- Numbers that calls.sql can name; the subject is who calls.
  insert into alerting.person (tenant_id, person_id, name, display_name, subject) overriding system value values (v_tenant, ascii(name), name, name, 'isolation');
  insert into alerting.channel (tenant_id, name, kind, config) values (v_tenant, name || '-mail', 'email',
    jsonb_build_object('host', name || '.example.com', 'port', 587, 'tls', 'starttls', 'from', name || '@example.com'));
  insert into alerting.notification (tenant_id, notification_id, channel_id, message_id, payload, purpose, state, last_detail) overriding system value
  select c.tenant_id, 100000 + ascii(make_tenant.name), c.channel_id, 'msg_' || make_tenant.name, '{}', 'update', 'dead', make_tenant.name from alerting.channel c where c.tenant_id = v_tenant and c.kind = 'email';
  insert into alerting.delivery_attempt (tenant_id, notification_id, attempt, outcome, detail) values (v_tenant, 100000 + ascii(name), 1, 'permanent', name);
  insert into alerting.acknowledge_link (tenant_id, token_sha256, notification_id, expires_at) values (v_tenant, sha256(name::bytea), 100000 + ascii(name), now() + interval '1 day');
  insert into alerting.contact_method (tenant_id, person_id, channel_id, address)
  select c.tenant_id, ascii(make_tenant.name), c.channel_id, make_tenant.name || '@example.com' from alerting.channel c where c.tenant_id = v_tenant and c.kind = 'email';
  insert into alerting.contact_rule (tenant_id, person_id, urgency, contact_method_id) select m.tenant_id, m.person_id, 'urgent', m.contact_method_id from alerting.contact_method m where m.tenant_id = v_tenant;
  perform alerting.save_schedule(v_tenant, jsonb_build_object('name', name, 'time_zone', 'UTC', 'fallback', name, 'layers', jsonb_build_array(jsonb_build_object(
    'name', name, 'priority', 1, 'unit', 'day', 'start', '2026-01-01T09:00', 'slots', jsonb_build_array(jsonb_build_array(name)),
    'restrictions', '[{"from": "09:00", "to": "17:00"}]'::jsonb))), null);
  insert into alerting.schedule_override (tenant_id, override_id, schedule_id, kind, person_in, from_ts, to_ts, reason, created_by) overriding system value
  select s.tenant_id, ascii(s.name), s.schedule_id, 'replace', s.fallback_person_id, now() + interval '1 day', now() + interval '2 days', s.name, s.name from alerting.schedule s where s.tenant_id = v_tenant;
  insert into alerting.unavailability (tenant_id, unavailability_id, person_id, from_ts, to_ts, reason, created_by) overriding system value
  values (v_tenant, ascii(name), ascii(name), now() + interval '1 day', now() + interval '2 days', name, name);
  insert into alerting.channel (tenant_id, name, kind, secret_ref) values (v_tenant, name || '-unused', 'slack', 'file:' || name);
  insert into alerting.template (tenant_id, name, kind, body) values (v_tenant, name, 'slack', name);
  insert into alerting.silence (tenant_id, silence_id, matchers, reason, ends_at, created_by) overriding system value
  values (v_tenant, ascii(name), jsonb_build_array(jsonb_build_object('label', 'site', 'op', '=', 'value', name || '.x')), name, now() + interval '1 day', name);
  update alerting.inhibition i set name = make_tenant.name where i.tenant_id = v_tenant;
  insert into alerting.route (tenant_id, name) values (v_tenant, name);
  insert into alerting.setting (tenant_id, fallback_policy_id) values (v_tenant, alerting.save_policy(v_tenant, jsonb_build_object('name', name,
    'steps', jsonb_build_array(jsonb_build_object('targets', jsonb_build_array(jsonb_build_object('person', name), jsonb_build_object('round_robin', jsonb_build_array(name))))))));
  perform alerting.save_policy(v_tenant, jsonb_build_object('name', name || '-spare', 'steps', '[{"targets": [{"all_channels": true}]}]'::jsonb));
  insert into alerting.recipient (tenant_id, channel_id, address, suppressed_count) select c.tenant_id, c.channel_id, make_tenant.name || '@example.com', 1 from alerting.channel c where c.tenant_id = v_tenant and c.kind = 'email';
  -- Incidents of a severity that is told, with what they lead to; nothing of it is due.
  perform alerting.raise_condition(v_tenant, name, 'high', name), alerting.run_escalations(v_tenant);
  insert into alerting.timer (tenant_id, incident_id, kind, due_at) select i.tenant_id, i.incident_id, 'remind', now() from alerting.incident i where i.tenant_id = v_tenant on conflict do nothing;
  update alerting.timer r set due_at = now() + interval '1 year' where r.tenant_id = v_tenant;
  update alerting.incident_event e set actor = make_tenant.name where e.tenant_id = v_tenant;
  update alerting.notification n set next_attempt_at = now() + interval '1 year' where n.tenant_id = v_tenant;
  insert into ops.job_run (job_name, tenant_id, started_at, finished_at, status, message) values ('scores', v_tenant, now(), now(), 'error', name);
  insert into ops.idempotency_key (tenant_id, procedure_name, key, body_sha256, answer) values (v_tenant, 'ingest', name, '', to_jsonb(name));
  insert into fleet.ingest_batch (tenant_id, sent_by, correlation_id, accepted, duplicates, rejected) values (v_tenant, name, name, 1, 0, 0);
  insert into fleet.source (tenant_id, profile_id, name, relation_schema, relation_name, device_column, time_column, metric_columns, start_at, overlap, batch_size, enabled, watermark, last_error)
  values (v_tenant, v_profile, name, name, name, name, name, jsonb_build_object(name || '_a', name), now(), '1 hour', 100, false, now(), name);
  insert into fleet.source_rejection (tenant_id, source_id, ts, device, code, message) select s.tenant_id, s.source_id, now(), s.name, '22023', s.name from fleet.source s where s.tenant_id = v_tenant;
  insert into ops.retention_policy (tenant_id, profile_id, object, hot, reason, changed_by, by_tenant) values (v_tenant, v_profile, 'readings', '60 days', name, name, true);
  -- Released: one that is not would refuse what is tried below.
  insert into ops.legal_hold (tenant_id, device_id, reason, placed_by, released_by, released_at)
  select d.tenant_id, d.device_id, make_tenant.name, make_tenant.name, make_tenant.name, now() from fleet.device d where d.tenant_id = v_tenant limit 1;
  insert into ops.retention_run (tenant_id, started_at, finished_at, object, relation, action, row_count, bytes) values (v_tenant, now(), now(), 'readings', name, 'delete', 1, 1);
  -- A file of the readings that are still there, too.
  insert into ops.archive_manifest (tenant_id, profile_id, policy_id, range_start, range_end, part, stream_ids, path)
  select v_tenant, v_profile, 0, date_trunc('hour', now()) - interval '7 hours', now(), 1, array_agg(st.stream_id), 'readings/isolation-' || name || '.parquet'
  from fleet.stream st where st.tenant_id = v_tenant;
  perform ops.write_archive(m.tenant_id, m.archive_id), ops.verify_archive(m.tenant_id, m.archive_id) from ops.archive_manifest m where m.tenant_id = v_tenant;
  update ops.archive_manifest m set state = 'dropped', dropped_at = now() where m.tenant_id = v_tenant;
  insert into fleet.restored_reading (tenant_id, stream_id, ts, values)
  select st.tenant_id, st.stream_id, '2001-01-01', array[secret] from fleet.stream st where st.tenant_id = v_tenant;
  perform ops.restore_archive(v_tenant, now() - interval '1 day', now(), restored_by => name);
  insert into audit.entry (tenant_id, actor, role, action, detail) values (v_tenant, name, name, 'isolation', to_jsonb(name));
  insert into audit.anchor (tenant_id, first_sequence) values (v_tenant, 2);
  insert into ops.storage_sample (tenant_id, object, measured_at, row_count, bytes) values (v_tenant, 'readings', now(), 1, 1);
  insert into ops.usage (tenant_id, day, devices) values (v_tenant, '2001-01-01', secret);
  insert into ops.point_log (tenant_id, points) values (v_tenant, secret);
  insert into ops.tenant_export (tenant_id, requested_by, state, folder, finished_at, manifest_sha256) values (v_tenant, name, 'done', name, now(), name);
  insert into ops.tenant_export_file (tenant_id, export_id, path, content, row_count, bytes, sha256)
  select e.tenant_id, e.export_id, make_tenant.name, make_tenant.name, 1, 1, make_tenant.name from ops.tenant_export e where e.tenant_id = v_tenant;
  insert into ops.deletion_certificate (tenant_id, tenant_name, display_name, state, requested_by, tenant_since, signed)
  values (v_tenant, name, name, 'certified', name, now(), name);
  -- What is waiting for the jobs, which would otherwise be empty by now.
  insert into fleet.reading_change select l.tenant_id, l.stream_id, l.ts, l.ts from fleet.latest l where l.tenant_id = v_tenant;
  insert into fleet.rollup_change select l.tenant_id, l.stream_id, l.ts, l.ts from fleet.latest l where l.tenant_id = v_tenant;
  insert into fleet.rollup_due select l.tenant_id, l.stream_id, '1 day', date_bin('1 day', l.ts, '2000-01-01 00:00:00+00') from fleet.latest l where l.tenant_id = v_tenant
  on conflict do nothing;
  insert into detect.feature_change select l.tenant_id, l.stream_id, l.ts, l.ts from fleet.latest l where l.tenant_id = v_tenant;
  insert into detect.score_change select l.tenant_id, l.stream_id, l.ts, l.ts from fleet.latest l where l.tenant_id = v_tenant;
  return v_tenant;
end
$$;

-- For what people do about themselves: the caller is the tenant's admin.
create function isolation.as_person(tenant text) returns text
language sql as $$
  select set_config('request.jwt.claims', (current_setting('request.jwt.claims')::jsonb
    || jsonb_build_object('role', 'tenant_admin', 'sub', md5(tenant)::uuid, 'sid', md5(tenant || '-session')::uuid))::text, true)
$$;
-- For calls that fail in any case, when they are let in.
create function isolation.fails(state text, statement text) returns text
language plpgsql as $$
begin
  execute statement;
  return 'did not fail';
exception
  when others then
    if sqlstate <> fails.state then
      raise;
    end if;
    return sqlerrm;
end $$;

create table isolation.tenant as
select t.name, isolation.make_tenant(t.name, t.secret) as tenant_id, t.secret
from (values ('alpha', 31337.0), ('omega', 27182.0)) as t (name, secret);
-- The trail of this fixture does not name its tenant, and the jobs are to find it done.
set session_replication_role = replica;
delete from audit.entry e using isolation.tenant t where e.tenant_id = t.tenant_id and e.action <> 'isolation';
set session_replication_role = origin;
select audit.chain_entries() \g /dev/null
insert into audit.head (tenant_id, sequence, hash, token)
select e.tenant_id, e.sequence, e.hash, t.name from audit.entry e join isolation.tenant t on t.tenant_id = e.tenant_id;
select ops.heartbeat('worker', 'isolation', '0', null) \g /dev/null

-- The base tables of our schemas that belong to tenants.
create view isolation.tenant_table as
select c.oid::regclass as name
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and pg_get_userbyid(n.nspowner) = 'vigil_owner'
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relkind in ('r', 'p');

create function isolation.row_count(relation regclass, tenant int) returns bigint
language plpgsql as $$
declare
  v_count bigint;
begin
  execute format('select count(*) from %s where tenant_id = $1', relation) into v_count using tenant;
  return v_count;
end $$;

-- Everything a tenant has, in one hash.
create function isolation.fingerprint(tenant int) returns text
language plpgsql as $$
declare
  v_relation regclass;
  v_part text;
  v_all text := '';
begin
  for v_relation in select t.name from isolation.tenant_table t order by t.name::text loop
    execute format('select md5(string_agg(x.h, '''' order by x.h)) from (select md5(t::text) as h from %s t where t.tenant_id = $1) x', v_relation) into v_part using tenant;
    v_all := v_all || coalesce(v_part, '-');
  end loop;
  return md5(v_all);
end $$;
