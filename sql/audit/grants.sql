grant usage on schema audit to tenant_admin, vigil_api, vigil_jobs, vigil_auth, vigil_worker;
grant select on audit.entry to tenant_admin;
grant execute on function audit.record(int, text, jsonb) to vigil_api, vigil_jobs, vigil_auth;
grant execute on function audit.verify(int, jsonb) to vigil_api;
-- Nobody is to write a number or a hash but what chains.
grant select, delete, insert (tenant_id, actor, role, action, operation, object, detail) on audit.entry to vigil_jobs;
grant select, insert, update, delete on audit.anchor to vigil_jobs;
grant execute on function audit.record_retention(timestamptz), audit.kept_from(), audit.move_anchors(),
  audit.chain_entries(), audit.sign_heads()
  to vigil_jobs;
-- What claims and settles heads for the worker is owned by vigil_jobs.
grant select, update (claimed_by, lease_until, attempt, exported_at), delete on audit.head to vigil_jobs;
grant execute on function audit.claim_heads(text, int, interval), audit.settle_heads(int[], bigint[], int[]) to vigil_worker;

-- What writes, chains, signs and verifies is owned by vigil_auth.
grant select, update (sequence, previous_hash, hash) on audit.entry to vigil_auth;
grant insert (tenant_id, actor, role, session_id, address, correlation_id, action, operation, object, object_key, detail, before, after)
  on audit.entry to vigil_auth;
grant select, insert, delete on audit.head to vigil_auth;
grant select on audit.anchor, audit.audited_table to vigil_auth;
grant select, insert on audit.signing_key to vigil_auth;
grant execute on function audit.origin(), audit.hash_field(text),
  audit.entry_hash(audit.entry), audit.read_heads(jsonb), audit.chain_state(int), audit.missing_triggers()
  to vigil_auth;
grant usage on schema ops to vigil_auth;
grant select (object, minimum) on ops.retention_object to vigil_auth;
