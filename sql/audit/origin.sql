-- As a caller and without a fixed search_path, so that the planner takes the query for the call, in plans that are kept.
create or replace function audit.origin()
returns table (actor text, role text, session_id uuid, address inet, correlation_id text)
language sql stable security invoker
as $$
  select coalesce(c.claims ->> 'sub', session_user::text), coalesce(c.claims ->> 'role', session_user::text),
    -- Settings of a request say something only where PostgREST made them: any other login can set them.
    case when c.is_request then (c.claims ->> 'sid')::uuid end,
    -- Behind no proxy there is nothing to look up.
    case when not c.is_request then pg_catalog.inet_client_addr()
      when auth.request_header('x-forwarded-for') is not null then auth.client_address() end,
    case when c.is_request then auth.correlation_id() end
  from (select auth.claims() as claims, session_user operator(pg_catalog.=) 'authenticator' as is_request) c
$$;
comment on function audit.origin() is
'Who is doing what is being done now, one row: the token''s subject and role behind PostgREST, else the login; its session, network address and correlation id, where they are known. Ask it in FROM.';
