create or replace function audit.missing_triggers() returns setof text
language sql stable
as $$
  select pg_catalog.format('trigger %s of %s is missing or off', w.trigger, w.object)
  from (
    select a.object, e.trigger
    from audit.audited_table a
    cross join (values ('i', '_950_note_inserted'), ('u', '_950_note_updated'), ('d', '_950_note_deleted'), ('d', '_950_note_truncated')) as e (letter, trigger)
    where pg_catalog.strpos(a.events, e.letter) > 0
    union all
    values ('audit.entry', '_900_keep_entries'), ('audit.entry', '_900_keep_entries_from_truncate')
  ) w
  where not exists (
    select from pg_catalog.pg_trigger t
    join pg_catalog.pg_class c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname || '.' || c.relname = w.object and t.tgname = w.trigger and t.tgenabled in ('O', 'A'))
  order by w.object, w.trigger
$$;
comment on function audit.missing_triggers() is
'The triggers that write the audit trail and keep it from being changed, as far as they are not there or turned off, as sentences. A deploy makes them anew.';
