create or replace function audit.keep_entries() returns trigger
language plpgsql
as $$
begin
  -- Retention deletes as vigil_jobs what has gone before the anchor, and a tenant that is deleted takes its trail along.
  if tg_op = 'DELETE' and (
    current_user = 'vigil_jobs' and exists (
      select from audit.anchor a where a.tenant_id = old.tenant_id and a.first_sequence > old.sequence)
    or not exists (select from fleet.tenant t where t.tenant_id = old.tenant_id)) then
    return old;
  end if;
  -- audit.chain_entries runs as vigil_auth.
  if tg_op = 'UPDATE' and current_user = 'vigil_auth' and old.sequence is null and new.sequence > 0 and new.hash is not null then
    old.sequence := new.sequence;
    old.previous_hash := new.previous_hash;
    old.hash := new.hash;
    if old is not distinct from new then
      return new;
    end if;
  end if;
  raise exception using
    errcode = '55000',
    message = 'the audit trail is append-only',
    hint = 'Entries leave by the policy for audit in ops.retention_policy.';
end
$$;
comment on function audit.keep_entries() is
'Refuses, with 55000, to change entries of the audit trail but to chain them (number from 1 and hash at once), and to delete them but by retention.';

create or replace trigger _900_keep_entries
  before update or delete on audit.entry
  for each row execute function audit.keep_entries();

create or replace trigger _900_keep_entries_from_truncate
  before truncate on audit.entry
  for each statement execute function audit.keep_entries();
