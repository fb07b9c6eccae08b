-- Which tables are audited row by row, and how. tests/lint/audited_tables.sql lists the others, each with its reason.
-- masked: secrets, and how a person can be reached, which may have to be forgotten where an entry cannot be.
-- uninteresting: changes of these columns alone make no entry. events: i insert, u update, d delete.
-- Jobs and the worker are the pipeline: their sessions make no entries, and the condition is all that they pay.
delete from audit.audited_table;
insert into audit.audited_table (object, events, masked, uninteresting) values
  ('fleet.tenant', 'iud', '{}', '{}'),
  ('fleet.site', 'iud', '{}', '{}'),
  ('fleet.profile', 'iud', '{}', '{}'),
  -- Made with their profile, which has their names.
  ('fleet.metric', 'ud', '{}', '{}'),
  ('fleet.device', 'iud', '{}', '{}'),
  ('fleet.stream', 'iud', '{}', '{}'),
  ('fleet.source', 'iud', '{}', '{watermark,next_ts,next_device,backfill_ts,backfill_device,rows_accepted,rows_rejected,last_run_at,caught_up_at,last_error_at,last_error,last_error_code}'),
  ('fleet.rollup', 'iud', '{}', '{}'),
  ('detect.feature_set', 'iud', '{}', '{}'),
  ('detect.policy', 'iud', '{}', '{}'),
  ('detect.model', 'iud', '{}', '{}'),
  -- Found by jobs; people acknowledge them.
  ('detect.anomaly', 'ud', '{}', '{alert_pending,updated_at}'),
  ('alerting.rule', 'iud', '{}', '{evaluated_to,evaluated_snapshot,last_error,last_error_at}'),
  ('alerting.rule_view', 'iud', '{}', '{}'),
  ('alerting.route', 'iud', '{}', '{}'),
  ('alerting.silence', 'iud', '{}', '{}'),
  ('alerting.inhibition', 'iud', '{}', '{}'),
  ('alerting.channel', 'iud', '{secret_ref}', '{last_success_at,last_failure_at,failure_streak,paused_until,pauses,probe_until}'),
  ('alerting.template', 'iud', '{}', '{}'),
  ('alerting.setting', 'iud', '{}', '{}'),
  ('alerting.person', 'iud', '{display_name}', '{}'),
  ('alerting.contact_method', 'iud', '{address}', '{}'),
  ('alerting.contact_rule', 'iud', '{}', '{}'),
  ('alerting.schedule', 'iud', '{}', '{}'),
  ('alerting.schedule_layer', 'iud', '{}', '{}'),
  ('alerting.layer_member', 'iud', '{}', '{}'),
  ('alerting.layer_restriction', 'iud', '{}', '{}'),
  ('alerting.schedule_override', 'iud', '{}', '{}'),
  ('alerting.unavailability', 'iud', '{}', '{}'),
  ('alerting.escalation_policy', 'iud', '{}', '{}'),
  ('alerting.escalation_step', 'iud', '{}', '{}'),
  ('alerting.escalation_target', 'iud', '{}', '{}'),
  -- Opened by jobs; people acknowledge, snooze and resolve them, and nobody is to change what happened.
  ('alerting.incident', 'ud', '{}', '{updated_at}'),
  ('alerting.incident_event', 'ud', '{}', '{}'),
  ('ops.retention_policy', 'iud', '{}', '{}'),
  ('ops.retention_object', 'iud', '{}', '{}'),
  ('ops.legal_hold', 'iud', '{}', '{}'),
  ('ops.job', 'iud', '{}', '{last_started_at,last_succeeded_at,last_failed_at,last_message}'),
  ('ops.dead_man', 'iud', '{}', '{late_since,reason,told_at,told_status,next_at}'),
  ('ops.plan', 'iud', '{}', '{}'),
  ('ops.personal_attribute', 'iud', '{}', '{}'),
  ('auth.login', 'iud', '{}', '{}'),
  ('auth.account', 'iud', '{email,display_name,password_hash,totp_secret_sealed}', '{last_login_at,last_tenant_id,reset_sent_at,totp_last_step}'),
  ('auth.membership', 'iud', '{display_name}', '{}'),
  ('auth.api_key', 'iud', '{key_sha256}', '{last_used_at}'),
  ('auth.rate_limit', 'iud', '{}', '{}'),
  ('auth.setting', 'iud', '{}', '{}');

do $$
declare
  v_audited record;
  v_event record;
  v_gone record;
begin
  for v_audited in
    -- A row is named by its key, without the tenant unless that is all, and by what people call it.
    select a.object::regclass as relation, a.events, a.masked, a.uninteresting, (
        select pg_catalog.array_agg(c.attname::text order by c.attnum)
        from pg_catalog.pg_attribute c
        join pg_catalog.pg_index i on i.indrelid = c.attrelid and i.indisprimary
        where c.attrelid = a.object::regclass and c.attnum > 0 and not c.attisdropped
          and (c.attnum = any (i.indkey) and (c.attname <> 'tenant_id' or i.indnatts = 1) or c.attname in ('name', 'external_id'))
      ) as key
    from audit.audited_table a
  loop
    for v_event in
      select e.name, e.event, e.tables, e.function
      from (values
        ('i', '_950_note_inserted', 'insert', 'referencing new table as changed', 'audit.note_rows'),
        ('d', '_950_note_deleted', 'delete', 'referencing old table as changed', 'audit.note_rows'),
        ('u', '_950_note_updated', 'update', 'referencing old table as former new table as changed', 'audit.note_changes'),
        ('d', '_950_note_truncated', 'truncate', '', 'audit.note_truncation')
      ) as e (letter, name, event, tables, function)
      where pg_catalog.strpos(v_audited.events, e.letter) > 0
    loop
      execute pg_catalog.format(
        $statement$
          create or replace trigger %I after %s on %s %s for each statement
          when (session_user not in ('vigil_jobs', 'vigil_worker'))
          execute function %s(%L, %L, %L)
        $statement$, v_event.name, v_event.event, v_audited.relation, v_event.tables, v_event.function,
        v_audited.key, v_audited.masked, v_audited.uninteresting);
    end loop;
  end loop;
  -- Those of tables that were audited before.
  for v_gone in
    select t.tgname, t.tgrelid::regclass as relation
    from pg_catalog.pg_trigger t
    where t.tgname ~ '^_950_note_' and not exists (
      select from audit.audited_table a
      where a.object::regclass = t.tgrelid and pg_catalog.strpos(a.events,
        case t.tgname when '_950_note_inserted' then 'i' when '_950_note_updated' then 'u' else 'd' end) > 0)
  loop
    execute pg_catalog.format('drop trigger %I on %s', v_gone.tgname, v_gone.relation);
  end loop;
end
$$;
