create or replace function auth.subject() returns text
language sql stable security invoker
as $$
  select coalesce(auth.claims() ->> 'sub', session_user::text)
$$;
comment on function auth.subject() is 'Who is asking: the token''s sub claim behind PostgREST, else the login.';
