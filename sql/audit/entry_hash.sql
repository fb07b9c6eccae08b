create or replace function audit.entry_hash(entry audit.entry) returns bytea
language sql stable
as $$
  select pg_catalog.sha256(
    audit.hash_field('vigil audit entry 1')
    || audit.hash_field(entry.tenant_id::text)
    || audit.hash_field(entry.sequence::text)
    || audit.hash_field(pg_catalog.encode(entry.previous_hash, 'hex'))
    || audit.hash_field(entry.entry_id::text)
    || audit.hash_field(pg_catalog.trim_scale(extract(epoch from entry.at) * 1000000)::text)
    || audit.hash_field(entry.actor)
    || audit.hash_field(entry.role)
    || audit.hash_field(entry.session_id::text)
    || audit.hash_field(entry.address::text)
    || audit.hash_field(entry.correlation_id)
    || audit.hash_field(entry.action)
    || audit.hash_field(entry.operation)
    || audit.hash_field(entry.object)
    || audit.hash_field(entry.object_key::text)
    || audit.hash_field(entry.detail::text)
    || audit.hash_field(entry.before::text)
    || audit.hash_field(entry.after::text))
$$;
comment on function audit.entry_hash(audit.entry) is
'The hash that an entry has at its place in the chain: SHA-256 over these fields in this order, each as audit.hash_field has it, so that no two entries are hashed alike: the text "vigil audit entry 1", tenant_id, sequence, previous_hash in hexadecimal, entry_id, at in microseconds since 1970 UTC, actor, role, session_id, address with its mask, correlation_id, action, operation, object, and object_key, detail, before and after as Postgres prints jsonb. Numbers are decimal.';
