create or replace function audit.record(tenant int, action text, detail jsonb) returns void
-- Not SQL, though it could be: that would be planned anew at every call.
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into audit.entry (tenant_id, actor, role, session_id, address, correlation_id, action, operation, object, detail)
  select record.tenant, o.actor, o.role, o.session_id, o.address, o.correlation_id, record.action,
    case when record.action ~ '^read_' then 'read' else 'call' end, record.action,
    -- Long answers list what was sent; the trail says that, not what.
    case when octet_length(record.detail::text) <= 4000 then vigil_platform.without_secrets(record.detail) end
  from audit.origin() o;
end
$$;
comment on function audit.record(int, text, jsonb) is
'Writes an entry of a tenant''s audit trail for the current request or session, in its transaction. Actions whose name begins with read_ are reads of personal data, all others calls. detail of more than 4000 bytes is left out, secrets in it are masked. Owned by vigil_auth: nobody else needs the right to write entries.';
