create or replace function fleet.replace_restored() returns trigger
language plpgsql
as $$
begin
  -- Hardly ever is anything restored, and then the rows need not be looked at.
  if exists (select from fleet.restored_reading) then
    delete from fleet.restored_reading x
    using written w
    where x.tenant_id = w.tenant_id and x.stream_id = w.stream_id and x.ts = w.ts;
  end if;
  return null;
end
$$;
comment on function fleet.replace_restored() is
'After readings are added: takes away copies from archives of the same instants, so that no reading is there twice.';

create or replace trigger _600_replace_restored
  after insert on fleet.reading
  referencing new table as written
  for each statement execute function fleet.replace_restored();
