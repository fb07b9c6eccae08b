create or replace function audit.origin(
  out actor text, out role text, out session_id uuid, out address inet, out correlation_id text
)
-- Not SQL, though it could be: that would be planned anew at every write.
language plpgsql stable
as $$
declare
  v_claims jsonb := auth.claims();
begin
  actor := coalesce(v_claims ->> 'sub', session_user::text);
  role := coalesce(v_claims ->> 'role', session_user::text);
  -- Settings of a request say something only where PostgREST made them: any other login can set them.
  if session_user = 'authenticator' then
    session_id := (v_claims ->> 'sid')::uuid;
    address := auth.client_address();
    correlation_id := auth.correlation_id();
  else
    address := pg_catalog.inet_client_addr();
  end if;
end
$$;
comment on function audit.origin() is
'Who is doing what is being done now: the token''s subject and role behind PostgREST, else the login; its session, network address and correlation id, where they are known.';
