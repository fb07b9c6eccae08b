create or replace function audit.hash_field(value text) returns bytea
language sql stable
as $$
  select case when value is null then '\xffffffff'::bytea
    else pg_catalog.int4send(pg_catalog.octet_length(value)) || pg_catalog.convert_to(value, 'UTF8')
  end
$$;
comment on function audit.hash_field(text) is
'A field as it is hashed: the number of its bytes as four bytes, most significant first, and its text in UTF-8; ffffffff alone for null.';
