create or replace function audit.settle_heads(tenant_ids int[], head_ids bigint[], attempts int[]) returns bigint
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  with settled as (
    update audit.head h
    set exported_at = clock_timestamp(), lease_until = null
    from rows from (unnest(tenant_ids), unnest(head_ids), unnest(attempts)) as d (tenant_id, head_id, attempt)
    where h.tenant_id = d.tenant_id and h.head_id = d.head_id and h.attempt = d.attempt and h.exported_at is null
    returning h.head_id
  )
  select count(*) from settled
$$;
comment on function audit.settle_heads(int[], bigint[], int[]) is
'Notes that heads are in their files, and on the disk. One that another worker has claimed since is left to it. Returns how many. For vigil_worker.';
