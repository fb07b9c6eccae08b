create or replace function alerting.note_activity() returns trigger
language plpgsql
as $$
begin
  if tg_op = 'INSERT' then
    new.inactive_since := case when not new.active then timestamptz '-infinity' end;
  elsif not new.active and old.active then
    new.inactive_since := pg_catalog.now();
  elsif new.active and not old.active then
    insert into alerting.unavailability (tenant_id, person_id, from_ts, to_ts, reason, created_by)
    select new.tenant_id, new.person_id, old.inactive_since, pg_catalog.now(), 'inactive', auth.subject()
    where old.inactive_since < pg_catalog.now();
    new.inactive_since := null;
  else
    new.inactive_since := old.inactive_since;
  end if;
  return new;
end
$$;
comment on function alerting.note_activity() is
'Trigger of alerting.person: keeps since when a person is inactive, and what was when they are active again, so that who was on call in the past stays as it was.';
create or replace trigger _500_note_activity before insert or update on alerting.person
for each row execute function alerting.note_activity();
