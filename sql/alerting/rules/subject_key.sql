create or replace function alerting.subject_key(subject text) returns text
language sql immutable parallel safe
as $$
  select case when subject ~ '^[!-~]{1,150}$' then subject else pg_catalog.md5(subject) end
$$;
comment on function alerting.subject_key(text) is
'A subject as it can stand in a dedup key: itself where it is short and plain, else its hash.';
