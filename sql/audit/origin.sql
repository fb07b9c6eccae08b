create or replace function audit.origin(
  out actor text, out role text, out session_id uuid, out address inet, out correlation_id text
)
language sql stable
as $$
  select auth.subject(), coalesce(auth.claims() ->> 'role', session_user), auth.session_id(),
    -- Settings of a request say something only where PostgREST made them: any other login can set them.
    case when session_user = 'authenticator' then auth.client_address() else pg_catalog.inet_client_addr() end,
    case when session_user = 'authenticator' then auth.correlation_id() end
$$;
comment on function audit.origin() is
'Who is doing what is being done now: the token''s subject and role behind PostgREST, else the login; its session, network address and correlation id, where they are known.';
