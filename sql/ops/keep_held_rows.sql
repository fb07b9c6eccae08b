create or replace function ops.keep_held_rows() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hold ops.legal_hold;
begin
  -- Most of the time there is none, and then the rows need not be looked at.
  if not exists (select from ops.legal_hold h where h.released_at is null) then
    return null;
  end if;
  select h.* into v_hold
  from ops.legal_hold h
  join removed r on r.tenant_id = h.tenant_id and r.ts <@ tstzrange(h.from_ts, h.to_ts, '[]')
  left join fleet.stream st on st.tenant_id = r.tenant_id and st.stream_id = r.stream_id
  where h.released_at is null
    and (h.device_id is null or h.device_id = st.device_id) and (h.stream_id is null or h.stream_id = r.stream_id)
  order by h.tenant_id, h.hold_id
  limit 1;
  if found then
    perform ops.refuse_removal(v_hold);
  end if;
  return null;
end
$$;
comment on function ops.keep_held_rows() is
'Refuses, with 55006, to delete readings, features or scores that a legal hold covers. Owned by vigil_jobs: it must see every hold, whoever deletes.';
