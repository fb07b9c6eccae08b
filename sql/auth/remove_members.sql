create or replace function auth.remove_members(tenant int) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_removed bigint;
begin
  -- Whoever works elsewhere too stays, and loses the membership with the tenant.
  delete from auth.account a
  where exists (select from auth.membership m where m.account_id = a.account_id and m.tenant_id = tenant)
    and not exists (select from auth.membership m where m.account_id = a.account_id and m.tenant_id <> tenant);
  get diagnostics v_removed = row_count;
  return v_removed;
end
$$;
comment on function auth.remove_members(int) is
'Deletes the accounts that work in this tenant and in no other, with their sessions; for the deletion of the tenant. Returns how many. Owned by vigil_auth.';
