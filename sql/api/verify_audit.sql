create or replace function api.verify_audit()
returns table (ok boolean, entries bigint, last_sequence bigint, broken_sequence bigint, entry_id bigint, why text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select v.ok, v.entries, v.last_sequence, v.broken_sequence, v.entry_id, v.why
  from audit.verify(auth.tenant_id()) v
$$;
comment on function api.verify_audit() is
$$Verify the audit trail
Recomputes the chain of the tenant's audit entries and compares it with the signed heads that the database still has. One row: ok, how many entries, the last one's number; otherwise the number of the first entry that is not as it was, its entry_id when it is there, and why. For tenant_admin. A million entries take about half a minute.$$;
