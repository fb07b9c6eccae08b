create or replace function ops.keep_held() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_old jsonb := to_jsonb(old);
  v_hold ops.legal_hold;
begin
  select h.* into v_hold
  from ops.legal_hold h
  where h.released_at is null
    and (tg_op = 'TRUNCATE' or h.tenant_id = (v_old ->> 'tenant_id')::int)
    and case tg_table_name
      when 'legal_hold' then h.hold_id = (v_old ->> 'hold_id')::int
      when 'stream' then (h.device_id is null or h.device_id = (v_old ->> 'device_id')::int)
        and (h.stream_id is null or h.stream_id = (v_old ->> 'stream_id')::int)
      else true
    end
  order by h.tenant_id, h.hold_id
  limit 1;
  if found then
    perform ops.refuse_removal(v_hold);
  end if;
  return old;
end
$$;
comment on function ops.keep_held() is
'Refuses, with 55006, to delete a stream (so also its device, profile, tenant) that a legal hold covers or a hold that is not released, and to empty a table while there is any hold. Owned by vigil_jobs: it must see every hold, whoever deletes.';
