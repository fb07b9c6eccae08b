create or replace function api.export_person(name text) returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select ops.person_data(export_person.name)
$$;
comment on function api.export_person(text) is
$$Everything about a person
Answers {person, account, tables}: rows that refer to the person or name them. The audit trail notes it.$$;
