create or replace function ops.release_hold(tenant int, hold int) returns void
language plpgsql
as $$
begin
  update ops.legal_hold h
  set released_at = pg_catalog.now(), released_by = session_user
  where h.tenant_id = tenant and h.hold_id = hold and h.released_at is null;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('tenant %s has no hold %s that is not released', tenant, hold),
      hint = 'select tenant_id, hold_id from ops.legal_hold where released_at is null lists the holds.';
  end if;
  perform audit.record(tenant, 'release_hold', pg_catalog.jsonb_build_object('hold_id', hold));
end
$$;
comment on function ops.release_hold(int, int) is
'Ends a legal hold; what it covered goes as its policy says. The hold stays on record. For DBAs. 42704 when there is no such hold, or it was released before.';
