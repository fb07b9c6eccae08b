create or replace function auth.password_matches(password text, hash text) returns boolean
language sql volatile
as $$
  select vigil_platform.verify_password(normalize(pg_catalog.left(coalesce(password, ''), 256), nfkc),
    case when pg_catalog.length(password) between 1 and 256 then hash end)
$$;
comment on function auth.password_matches(text, text) is
'Whether a password has a hash. Takes as long without a hash, and for no password: then it is false.';
