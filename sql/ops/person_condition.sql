create or replace function ops.person_condition(relation regclass) returns text
language sql stable
as $$
  select pg_catalog.string_agg(
    pg_catalog.format(case when a.attname in ('person_id', 'person_in', 'person_out', 'fallback_person_id') then 'x.%I = $2' else 'x.%I = any ($3)' end,
      a.attname), ' or ')
  from pg_catalog.pg_attribute a
  where a.attrelid = relation and not a.attisdropped and pg_catalog.has_column_privilege(relation, a.attnum, 'select')
    and (a.attname in ('person_id', 'person_in', 'person_out', 'fallback_person_id')
      or a.atttypid = 'text'::regtype and exists (
        select from ops.data_class k
        where pg_catalog.format('%I.%I', k.schema_name, k.table_name)::regclass = relation and k.column_name = a.attname
          and k.kind in ('identifier', 'email', 'name')))
$$;
comment on function ops.person_condition(regclass) is
'The condition on x that finds the rows of a table that refer to a person $2, or name somebody by one of the texts $3; null when none do.';
