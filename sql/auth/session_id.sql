create or replace function auth.session_id() returns uuid
language sql stable security invoker
as $$
  select (auth.claims() ->> 'sid')::uuid
$$;
comment on function auth.session_id() is
'The session of the current request''s token. Null for API keys and for SQL logins.';
