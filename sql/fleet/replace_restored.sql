create or replace function fleet.replace_restored() returns trigger
language plpgsql
as $$
begin
  -- Hardly ever is anything restored, and then the rows need not be looked at.
  if exists (select from fleet.restored_reading) then
    with copy as (
      delete from fleet.restored_reading x
      using written w
      where x.tenant_id = w.tenant_id and x.stream_id = w.stream_id and x.ts = w.ts
      returning x.tenant_id, x.stream_id, x.ts, x.values
    )
    update fleet.reading r
    set values = vigil.merge_values(c.values, r.values)
    from copy c
    where r.tenant_id = c.tenant_id and r.stream_id = c.stream_id and r.ts = c.ts;
  end if;
  return null;
end
$$;
comment on function fleet.replace_restored() is
'After readings are added: those of instants that were brought back from archives take over what their copies have and they lack, and the copies go, so that no reading is there twice.';

create or replace trigger _600_replace_restored
  after insert on fleet.reading
  referencing new table as written
  for each statement execute function fleet.replace_restored();
