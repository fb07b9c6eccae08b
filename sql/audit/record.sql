create or replace function audit.record(tenant int, action text, detail jsonb) returns void
language sql volatile
as $$
  insert into audit.entry (tenant_id, actor, role, correlation_id, action, detail)
  values (tenant, auth.subject(), coalesce(auth.claims() ->> 'role', session_user), auth.correlation_id(), action,
    -- Long answers list what was sent; the trail says that, not what.
    case when pg_catalog.octet_length(detail::text) <= 4000 then detail end)
$$;
comment on function audit.record(int, text, jsonb) is
'Writes an entry of the audit trail for the current request or session, in its transaction. detail of more than 4000 bytes is left out.';
