create or replace function ops.readable_columns(relation regclass) returns text
language sql stable
as $$
  select pg_catalog.string_agg(pg_catalog.format('x.%I', a.attname), ', ' order by a.attnum)
  from pg_catalog.pg_attribute a
  where a.attrelid = relation and a.attnum > 0 and not a.attisdropped
    and pg_catalog.has_column_privilege(relation, a.attnum, 'select')
    and not exists (
      select from ops.data_class k
      where pg_catalog.format('%I.%I', k.schema_name, k.table_name)::regclass = relation and k.column_name = a.attname and k.kind = 'secret')
$$;
comment on function ops.readable_columns(regclass) is
'The columns of a table that may leave the database, as a list for a select from it as x: without those that ops.data_class calls secret (hashes of keys and links are of no use elsewhere, and harm where they get lost), and those that the caller may not read.';
