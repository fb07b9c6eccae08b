create or replace function auth.account_id() returns uuid
language sql stable security invoker
as $$
  select case when auth.claims() ->> 'sub' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (auth.claims() ->> 'sub')::uuid end
$$;
comment on function auth.account_id() is
'The account of whoever asks. Null for API keys, for tokens that a DBA issued, and for SQL logins.';
