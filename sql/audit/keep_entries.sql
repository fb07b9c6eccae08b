create or replace function audit.keep_entries() returns trigger
language plpgsql
as $$
begin
  -- Retention deletes as vigil_jobs, and a tenant that is deleted takes its trail along.
  if tg_op = 'DELETE' and (current_user = 'vigil_jobs' or not exists (select from fleet.tenant t where t.tenant_id = old.tenant_id)) then
    return old;
  end if;
  raise exception using
    errcode = '55000',
    message = 'the audit trail is append-only',
    hint = 'Entries leave by the policy for audit in ops.retention_policy.';
end
$$;
comment on function audit.keep_entries() is
'Refuses, with 55000, to change entries of the audit trail, and to delete them but by retention.';

create or replace trigger _900_keep_entries
  before update or delete on audit.entry
  for each row execute function audit.keep_entries();

create or replace trigger _900_keep_entries_from_truncate
  before truncate on audit.entry
  for each statement execute function audit.keep_entries();
