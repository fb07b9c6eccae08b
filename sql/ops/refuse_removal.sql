create or replace function ops.refuse_removal(hold ops.legal_hold) returns void
language plpgsql
as $$
begin
  raise exception using
    errcode = '55006',
    message = pg_catalog.format('legal hold %s of tenant %s covers what would be removed', hold.hold_id, hold.tenant_id),
    hint = pg_catalog.format('It is held because: %s. ops.release_hold(%s, %s) ends the hold.', hold.reason, hold.tenant_id, hold.hold_id);
end
$$;
comment on function ops.refuse_removal(ops.legal_hold) is 'Raises 55006, naming the hold and why it was placed.';
