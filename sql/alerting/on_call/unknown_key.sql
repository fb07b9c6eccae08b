create or replace function alerting.unknown_key(object jsonb, known text[]) returns text
language sql immutable parallel safe
as $$
  select pg_catalog.min(k.key) from pg_catalog.jsonb_object_keys(object) k (key) where k.key <> all (known)
$$;
comment on function alerting.unknown_key(jsonb, text[]) is
'A key of a JSON object that is not among the known ones; null when there is none.';
