create or replace function fleet.csv_fields(line text) returns text[]
language sql immutable parallel safe
as $$
  select pg_catalog.string_to_array(
    pg_catalog.replace(pg_catalog.regexp_replace(line, ',(?=(?:[^"]*"[^"]*")*[^"]*$)', pg_catalog.chr(31), 'g'), '"', ''),
    pg_catalog.chr(31), '')
$$;
comment on function fleet.csv_fields(text) is
'The fields of a line of comma-separated values, null for an empty one. Commas between quotes belong to the field; the quotes themselves are dropped. Fields with line breaks are not understood.';
