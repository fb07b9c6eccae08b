create or replace function ops.delete_tenant(name text, confirm text) returns bigint
language plpgsql
as $$
declare
  v_tenant_id int := ops.find_tenant(delete_tenant.name);
  v_hold ops.legal_hold;
  v_certificate_id bigint;
begin
  if delete_tenant.name = 'platform' then
    raise exception using
      errcode = '55000',
      message = 'the tenant of the platform itself cannot be deleted',
      hint = 'Its people run the others.';
  end if;
  if confirm is distinct from delete_tenant.name then
    raise exception using
      errcode = '22023',
      message = 'the deletion is not confirmed',
      hint = 'Repeat the tenant''s name in "confirm". What is deleted does not come back.';
  end if;
  select c.certificate_id into v_certificate_id from ops.deletion_certificate c where c.tenant_id = v_tenant_id;
  if found then
    return v_certificate_id;
  end if;
  -- Nobody places a hold meanwhile.
  lock table ops.legal_hold in share mode;
  select h.* into v_hold
  from ops.legal_hold h
  where h.tenant_id = v_tenant_id and h.released_at is null
  order by h.hold_id
  limit 1;
  if found then
    raise exception using
      errcode = '55000',
      message = pg_catalog.format('legal hold %s keeps data of tenant "%s"', v_hold.hold_id, delete_tenant.name),
      hint = pg_catalog.format('Delete it when a DBA has released the hold: ops.release_hold(%s, %s).', v_tenant_id, v_hold.hold_id);
  end if;
  insert into ops.deletion_certificate (tenant_id, tenant_name, display_name, requested_by, tenant_since)
  select t.tenant_id, t.name, t.display_name, auth.subject(), t.created_at
  from fleet.tenant t
  where t.tenant_id = v_tenant_id
  returning certificate_id into v_certificate_id;
  update fleet.tenant t
  set active = false, suspended_at = coalesce(t.suspended_at, pg_catalog.clock_timestamp()), suspended_because = 'It is being deleted.'
  where t.tenant_id = v_tenant_id;
  -- Its own trail goes along; this one stays.
  perform audit.record(p.tenant_id, 'delete_tenant', pg_catalog.jsonb_build_object('tenant', delete_tenant.name, 'tenant_id', v_tenant_id,
    'certificate_id', v_certificate_id))
  from fleet.tenant p
  where p.name = 'platform';
  return v_certificate_id;
end
$$;
comment on function ops.delete_tenant(text, text) is
'Shuts a tenant out and has the job tenants delete everything of it: rows, files, SQL logins, sessions, memberships. What proves it is in ops.deletion_certificate. Returns certificate_id; repeating it, the same. 22023 unless confirm repeats the name, 42704 for an unknown tenant, 55000 for the one named platform and while a legal hold is not released.';
