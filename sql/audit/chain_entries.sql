create or replace function audit.chain_entries() returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  -- A few seconds at a time, after an upgrade with a trail of years.
  c_batch constant int := 20000;
  v_entry audit.entry;
  v_tenant_id int;
  v_sequence bigint;
  v_hash bytea;
  v_chained bigint := 0;
begin
  -- What has been committed by now, whenever it was written: an entry that is committed late is chained late, and none is
  -- passed over. The oldest of all tenants come first, so that a busy one keeps no other waiting.
  for v_entry in
    with waiting as (
      select e.tenant_id, e.entry_id from audit.entry e where e.sequence is null order by e.entry_id limit c_batch
    )
    select e.*
    from waiting w
    join audit.entry e on e.tenant_id = w.tenant_id and e.entry_id = w.entry_id
    order by w.tenant_id, w.entry_id
  loop
    if v_entry.tenant_id is distinct from v_tenant_id then
      v_tenant_id := v_entry.tenant_id;
      v_sequence := 0;
      v_hash := null;
      select e.sequence, e.hash into v_sequence, v_hash
      from audit.entry e
      where e.tenant_id = v_tenant_id and e.sequence is not null
      order by e.sequence desc
      limit 1;
    end if;
    v_sequence := coalesce(v_sequence, 0) + 1;
    v_entry.sequence := v_sequence;
    v_entry.previous_hash := v_hash;
    v_hash := audit.entry_hash(v_entry);
    update audit.entry e
    set sequence = v_sequence, previous_hash = v_entry.previous_hash, hash = v_hash
    where e.tenant_id = v_tenant_id and e.entry_id = v_entry.entry_id;
    v_chained := v_chained + 1;
  end loop;
  return v_chained;
end
$$;
comment on function audit.chain_entries() is
'Gives the entries that have none their number and hash, tenant by tenant, at most 20000 at once. Returns how many. Run by the job audit_chain; a second one at the same time fails with 23505. Owned by vigil_auth, which alone can.';
