create or replace function auth.login_tenant() returns int
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int;
begin
  if session_user = 'authenticator' then
    v_tenant_id := (auth.claims() ->> 'tenant_id')::int;
  else
    select l.tenant_id into v_tenant_id from auth.login l where l.login_name = session_user and l.tenant_active;
  end if;
  if v_tenant_id is null then
    raise exception using
      errcode = '42501',
      message = 'no tenant for this session',
      hint = case when session_user = 'authenticator'
        then 'Use a token with a tenant_id claim.'
        else 'A login sees the tenant that auth.login maps it to, while that is not suspended. Ask a DBA.'
      end;
  end if;
  return v_tenant_id;
end
$$;
comment on function auth.login_tenant() is
'The tenant of the current session, looked up: the token''s tenant_id claim behind PostgREST, the mapping in auth.login for any other login. Raises 42501 when there is none, and for a login whose tenant is suspended. auth.tenant_id() asks here what it does not know from the hook.';
