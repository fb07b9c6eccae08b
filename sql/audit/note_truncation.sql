create or replace function audit.note_truncation() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into audit.entry (tenant_id, actor, role, session_id, address, correlation_id, action, operation, object)
  select t.tenant_id, o.actor, o.role, o.session_id, o.address, o.correlation_id, 'truncate', 'truncate', tg_table_schema || '.' || tg_table_name
  from audit.origin() o
  cross join fleet.tenant t;
  return null;
end
$$;
comment on function audit.note_truncation() is
'Trigger for each statement that empties a table: an entry in the audit trail of every tenant. Owned by vigil_auth.';
