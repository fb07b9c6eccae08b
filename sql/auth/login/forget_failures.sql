create or replace function auth.forget_failures(email text) returns void
language sql volatile
as $$
  delete from auth.login_attempt a where a.bucket_sha256 = pg_catalog.sha256(pg_catalog.convert_to('email ' || forget_failures.email, 'UTF8'))
$$;
comment on function auth.forget_failures(text) is
'After a login. Failures of the address stay: whoever guesses may have an account of their own.';
