create or replace function ops.refuse_held(tenant int, device int) returns void
language plpgsql
as $$
declare
  v_hold ops.legal_hold;
begin
  lock table ops.legal_hold in share mode;
  select h.* into v_hold
  from ops.legal_hold h
  left join fleet.stream st on st.tenant_id = h.tenant_id and st.stream_id = h.stream_id
  where h.tenant_id = tenant and h.released_at is null
    and (h.device_id is null and h.stream_id is null or h.device_id = refuse_held.device or st.device_id = refuse_held.device)
  order by h.hold_id
  limit 1;
  if found then
    raise sqlstate 'PT409' using
      message = pg_catalog.format('legal hold %s keeps these data', v_hold.hold_id),
      hint = 'Erase them when a DBA has released the hold.';
  end if;
end
$$;
comment on function ops.refuse_held(int, int) is
'Raises PT409 while a legal hold over the whole tenant, or over a device or its streams, is not released. device null: a person.';
