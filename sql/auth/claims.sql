create or replace function auth.claims() returns jsonb
language sql stable security invoker
as $$
  select case when session_user = 'authenticator'
    then nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb
  end
$$;
comment on function auth.claims() is
'The verified claims of the current request. Null for every login but PostgREST''s: any SQL user can set request.jwt.claims, so from them it says nothing.';
