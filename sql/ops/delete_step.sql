create or replace function ops.delete_step(tenant int) returns boolean
language plpgsql
as $$
declare
  -- Some seconds a transaction.
  c_enough constant bigint := 200000;
  v_certificate ops.deletion_certificate;
  v_hold ops.legal_hold;
  v_login text;
  v_logins text[] := array[]::text[];
  v_part record;
  v_rows bigint;
  v_removed bigint := 0;
begin
  select c.* into v_certificate from ops.deletion_certificate c where c.tenant_id = tenant for update;
  if v_certificate.state in ('requested', 'counted', 'emptied') then
    -- One that is placed meanwhile waits for this step, and the next sees it.
    lock table ops.legal_hold in share mode;
    select h.* into v_hold from ops.legal_hold h where h.tenant_id = tenant and h.released_at is null order by h.hold_id limit 1;
    if found then
      raise exception using
        errcode = '55000',
        message = pg_catalog.format('legal hold %s keeps data of the tenant', v_hold.hold_id),
        hint = 'The deletion goes on when a DBA has released the hold.';
    end if;
  end if;

  if v_certificate.state = 'requested' then
    for v_login in select l.login_name from auth.login l where l.tenant_id = tenant and l.kind <> 'other' order by 1 loop
      perform auth.remove_login(v_login);
      v_logins := v_logins || v_login;
    end loop;
    update ops.deletion_certificate c
    set state = 'counted', rows_before = ops.rows_of_tenant(tenant), logins = v_logins,
      files_before = (select pg_catalog.count(*) from ops.files_of_tenant(tenant, c.tenant_name))
    where c.tenant_id = tenant;
    return true;
  end if;

  if v_certificate.state = 'counted' then
    -- Chunk by chunk, so that no transaction holds the locks and the log of years.
    for v_part in
      select t.relation, t.time_column, k.range_start, k.range_end
      from ops.tenant_tables() t
      join timescaledb_information.chunks k on pg_catalog.format('%I.%I', k.hypertable_schema, k.hypertable_name)::regclass = t.relation
      order by t.relation, k.range_start
    loop
      execute pg_catalog.format('delete from %s x where x.tenant_id = $1 and x.%I >= $2 and x.%I < $3', v_part.relation, v_part.time_column,
        v_part.time_column)
      using tenant, v_part.range_start, v_part.range_end;
      get diagnostics v_rows = row_count;
      v_removed := v_removed + v_rows;
      if v_removed >= c_enough then
        return true;
      end if;
    end loop;
    -- Not undone if this transaction is: what has been unlinked is not there the next time.
    perform vigil_platform.archive_remove(f.path) from ops.files_of_tenant(tenant, v_certificate.tenant_name) f (path);
    if v_certificate.files_before > 0 or (select s.configured from vigil_platform.archive_status() s) then
      perform vigil_platform.archive_remove(m.path) from ops.archive_manifest m where m.tenant_id = tenant;
    end if;
    delete from ops.archive_manifest m where m.tenant_id = tenant;
    update ops.deletion_certificate c set state = 'emptied' where c.tenant_id = tenant;
    return true;
  end if;

  if v_certificate.state = 'emptied' then
    perform auth.remove_members(tenant);
    update ops.deletion_certificate c
    set state = 'removed', removed_at = pg_catalog.clock_timestamp(), audit_head = (
      select pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('entry_id', e.entry_id, 'at', e.at,
        -- Where the trail is chained.
        'sequence', pg_catalog.to_jsonb(e) -> 'sequence', 'hash', pg_catalog.to_jsonb(e) -> 'hash'))
      from audit.entry e
      where e.tenant_id = tenant
      order by e.entry_id desc
      limit 1)
    where c.tenant_id = tenant;
    -- Streams keep their profile and models their feature set, so these go first.
    delete from fleet.device d where d.tenant_id = tenant;
    delete from detect.model d where d.tenant_id = tenant;
    delete from fleet.tenant t where t.tenant_id = tenant;
  end if;

  -- What refers to no tenant, and what a job that was running has left behind.
  -- From where it may not delete itself, the tenant has taken its rows along; what it has not is found by the count.
  for v_part in
    select t.relation from ops.tenant_tables() t
    where t.relation <> 'fleet.tenant'::regclass and pg_catalog.has_table_privilege(t.relation, 'delete')
  loop
    execute pg_catalog.format('delete from %s x where x.tenant_id = $1', v_part.relation) using tenant;
  end loop;
  if v_certificate.state = 'emptied' then
    return true;
  end if;

  if v_certificate.state = 'removed' then
    perform vigil_platform.archive_remove(f.path) from ops.files_of_tenant(tenant, v_certificate.tenant_name) f (path);
    update ops.deletion_certificate c
    set files_after = (select pg_catalog.count(*) from ops.files_of_tenant(tenant, c.tenant_name)),
      rows_after = (select coalesce(pg_catalog.sum(r.value::bigint), 0) from pg_catalog.jsonb_each_text(ops.rows_of_tenant(tenant)) r)
    where c.tenant_id = tenant
    returning c.* into v_certificate;
    if v_certificate.rows_after + v_certificate.files_after > 0 then
      raise exception using
        errcode = '55000',
        message = pg_catalog.format('%s rows and %s files are still there', v_certificate.rows_after, v_certificate.files_after),
        hint = 'The next run removes them and counts again.';
    end if;
    update ops.deletion_certificate c
    set state = 'certified', certified_at = pg_catalog.clock_timestamp(), signed = auth.sign_certificate(tenant, c.certificate_id), message = null
    where c.tenant_id = tenant;
  end if;
  return false;
end
$$;
comment on function ops.delete_step(int) is
'Does the next part of the deletion of a tenant, in a transaction of its own, and returns whether there is another. What is done is entered with it, so after a crash the next run goes on there; doing a part again does nothing twice. 55000 while a legal hold is not released, or while there is still something left in the end.';
