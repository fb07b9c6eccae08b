create or replace function auth.masked(value text) returns text
language sql immutable
as $$
  select case
    when value like '%@%' then pg_catalog.left(value, 1) || '…@' || pg_catalog.split_part(value, '@', 2)
    when value ~ '^\+?[0-9 ()/-]{6,}$' then '…' || pg_catalog.right(value, 2)
    else pg_catalog.left(value, 1) || '…'
  end
$$;
comment on function auth.masked(text) is
'What is shown of a name (its first letter), an email address (first letter and domain) or a telephone number (last two digits) to whoever may not see it. Null for null.';
