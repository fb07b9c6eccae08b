-- Columns that are not there (yet) are left out. What a DBA added for tables of their own stays.
insert into ops.data_class (schema_name, table_name, column_name, kind, handling)
select c.schema_name, c.table_name, c.column_name, c.kind, c.handling
from (
  values
    ('alerting', 'person', 'display_name', 'name', 'operators and admins; first letter for others; replaced on erasure'),
    ('alerting', 'person', 'name', 'identifier', 'everybody in the tenant: a short name that the tenant chooses; replaced on erasure'),
    ('alerting', 'person', 'subject', 'identifier', 'operators and admins; removed on erasure'),
    ('alerting', 'contact_method', 'address', 'email', 'operators and admins, or a telephone number; deleted on erasure'),
    ('alerting', 'recipient', 'address', 'email', 'nobody through the API; deleted on erasure'),
    ('alerting', 'notification', 'address', 'email', 'nobody through the API; replaced on erasure'),
    ('alerting', 'notification', 'payload', 'free text', 'the worker; names in it are replaced on erasure'),
    ('alerting', 'notification', 'last_detail', 'free text', 'the tenant; names in it are replaced on erasure'),
    ('alerting', 'delivery_attempt', 'detail', 'free text', 'the tenant; names in it are replaced on erasure'),
    ('alerting', 'alert', 'summary', 'free text', 'the tenant; names of erased devices in it are replaced'),
    ('alerting', 'alert', 'labels', 'free text', 'the tenant; names of erased devices in it are replaced'),
    ('alerting', 'incident', 'title', 'free text', 'the tenant; names of erased devices in it are replaced'),
    ('alerting', 'incident', 'labels', 'free text', 'the tenant; names of erased devices in it are replaced'),
    ('alerting', 'incident', 'policy', 'free text', 'nobody through the API; names in it are replaced on erasure'),
    ('alerting', 'incident', 'acknowledged_by', 'identifier', 'the tenant; replaced on erasure'),
    ('alerting', 'incident', 'resolved_by', 'identifier', 'the tenant; replaced on erasure'),
    ('alerting', 'incident_event', 'actor', 'identifier', 'the tenant; replaced on erasure'),
    ('alerting', 'incident_event', 'detail', 'free text', 'the tenant; names in it are replaced on erasure'),
    ('alerting', 'silence', 'created_by', 'identifier', 'the tenant; replaced on erasure'),
    ('alerting', 'silence', 'ended_by', 'identifier', 'the tenant; replaced on erasure'),
    ('alerting', 'silence', 'reason', 'free text', 'the tenant; names in it are replaced on erasure'),
    ('alerting', 'schedule_override', 'created_by', 'identifier', 'the tenant; replaced on erasure'),
    ('alerting', 'schedule_override', 'reason', 'free text', 'the tenant; names in it are replaced on erasure'),
    ('alerting', 'unavailability', 'created_by', 'identifier', 'operators and admins; replaced on erasure'),
    ('alerting', 'unavailability', 'reason', 'free text', 'operators and admins; deleted on erasure of the person'),
    ('alerting', 'alert', 'muted_by', 'not personal', 'what mutes it'),
    ('alerting', 'notification', 'claimed_by', 'not personal', 'a worker'),
    ('alerting', 'template', 'subject', 'not personal', 'the subject line of messages'),
    ('alerting', 'rule_state', 'subject', 'not personal', 'what a rule watches'),
    ('alerting', 'acknowledge_link', 'token_sha256', 'secret', 'nobody'),
    ('detect', 'anomaly', 'acknowledged_by', 'identifier', 'the tenant; replaced on erasure'),
    ('detect', 'anomaly', 'note', 'free text', 'the tenant; names in it are replaced on erasure'),
    ('detect', 'anomaly', 'explanation', 'location', 'operators and admins where the profile has a personal metric, else the tenant; deleted with its device'),
    ('detect', 'model', 'trained_by', 'identifier', 'the tenant; replaced on erasure'),
    ('fleet', 'device', 'attributes', 'location', 'operators and admins; others without the keys in ops.personal_attribute; deleted with the device'),
    ('fleet', 'reading', 'values', 'location', 'operators and admins; others see nulls for metrics that are personal; deleted with the device'),
    ('fleet', 'restored_reading', 'values', 'location', 'as fleet.reading'),
    ('fleet', 'latest', 'values', 'location', 'as fleet.reading'),
    ('fleet', 'reading_rollup', 'state', 'location', 'operators and admins; others without metrics that are personal; deleted with the device'),
    ('fleet', 'ingest_batch', 'sent_by', 'identifier', 'the tenant, for 7 days; replaced on erasure'),
    ('audit', 'entry', 'actor', 'identifier', 'admins; an account''s number, which says nothing once the account is gone; not changed: the trail is a chain'),
    ('audit', 'entry', 'address', 'network', 'admins; goes with the entry''s retention'),
    ('audit', 'entry', 'detail', 'free text', 'admins; goes with the entry''s retention'),
    ('audit', 'entry', 'before', 'free text', 'admins, personal columns masked; goes with the entry''s retention'),
    ('audit', 'entry', 'after', 'free text', 'admins, personal columns masked; goes with the entry''s retention'),
    ('auth', 'account', 'email', 'email', 'admins; deleted on erasure'),
    ('auth', 'account', 'display_name', 'name', 'admins; deleted on erasure'),
    ('auth', 'account', 'password_hash', 'secret', 'nobody'),
    ('auth', 'account', 'totp_secret_sealed', 'secret', 'nobody'),
    ('auth', 'session', 'address', 'network', 'the person; deleted with the session'),
    ('auth', 'session', 'user_agent', 'network', 'the person; deleted with the session'),
    ('auth', 'session', 'issued_subject', 'identifier', 'nobody through the API; goes with the session'),
    ('auth', 'login_attempt', 'bucket_sha256', 'identifier', 'nobody: who or where, hashed; deleted within a day'),
    ('auth', 'membership', 'display_name', 'name', 'admins; deleted on erasure'),
    ('auth', 'reset_request', 'email', 'email', 'nobody; deleted when the message is written, within seconds'),
    ('auth', 'membership', 'created_by', 'identifier', 'admins; replaced on erasure'),
    ('auth', 'api_key', 'created_by', 'identifier', 'admins; replaced on erasure'),
    ('auth', 'api_key', 'revoked_by', 'identifier', 'admins; replaced on erasure'),
    ('auth', 'api_key', 'key_sha256', 'secret', 'nobody'),
    ('auth', 'login', 'created_by', 'identifier', 'admins; replaced on erasure'),
    ('auth', 'refresh_token', 'token_sha256', 'secret', 'nobody'),
    ('auth', 'refresh_token', 'client_sha256', 'secret', 'nobody'),
    ('auth', 'refresh_token', 'successor_sealed', 'secret', 'nobody'),
    ('auth', 'one_time_token', 'token_sha256', 'secret', 'nobody'),
    ('auth', 'recovery_code', 'code_sha256', 'secret', 'nobody'),
    ('auth', 'blocked_password', 'password_sha256', 'not personal', 'passwords that are known anyway'),
    ('ops', 'idempotency_key', 'answer', 'free text', 'whoever repeats the request, for 24 hours'),
    ('ops', 'retention_policy', 'changed_by', 'identifier', 'the tenant; replaced on erasure'),
    ('ops', 'archive_restore', 'restored_by', 'identifier', 'the tenant; replaced on erasure'),
    ('ops', 'legal_hold', 'placed_by', 'identifier', 'DBAs; kept as long as the hold'),
    ('ops', 'legal_hold', 'released_by', 'identifier', 'DBAs; kept as long as the hold'),
    ('ops', 'tenant_export', 'requested_by', 'identifier', 'staff; goes with the tenant'),
    ('ops', 'deletion_certificate', 'requested_by', 'identifier', 'staff; kept as proof')
) c (schema_name, table_name, column_name, kind, handling)
where exists (
  select from pg_catalog.pg_attribute a
  join pg_catalog.pg_class k on k.oid = a.attrelid and k.relname = c.table_name
  join pg_catalog.pg_namespace n on n.oid = k.relnamespace and n.nspname = c.schema_name
  where a.attname = c.column_name and not a.attisdropped)
on conflict (schema_name, table_name, column_name) do update
set kind = excluded.kind, handling = excluded.handling;

-- Whoever looks at the table sees it, too.
do $$
declare
  v_column record;
begin
  for v_column in
    select x.relation, x.column_name, x.old, x.base || case when x.base = '' then '' else ' ' end || x.said as new
    from (
      select pg_catalog.format('%I.%I', d.schema_name, d.table_name)::regclass as relation, d.column_name,
        pg_catalog.col_description(a.attrelid, a.attnum) as old,
        pg_catalog.regexp_replace(coalesce(pg_catalog.col_description(a.attrelid, a.attnum), ''), ' ?\[(Personal data|Secret)[^]]*\]$', '') as base,
        case d.kind when 'secret' then '[Secret.]' else pg_catalog.format('[Personal data, %s. Seen by: %s.]', d.kind, d.handling) end as said
      from ops.data_class d
      join pg_catalog.pg_attribute a on a.attrelid = pg_catalog.format('%I.%I', d.schema_name, d.table_name)::regclass and a.attname = d.column_name
      where d.kind <> 'not personal'
    ) x
  loop
    if v_column.old is distinct from v_column.new then
      execute pg_catalog.format('comment on column %s.%I is %L', v_column.relation, v_column.column_name, v_column.new);
    end if;
  end loop;
end
$$;
