create or replace function auth.check_request() returns void
language plpgsql volatile security invoker
as $$
declare
  v_key_claims jsonb := auth.admit_request();
begin
  if v_key_claims is not null then
    -- PostgREST came as anon. The login, authenticator, is a member of every request role, so this holds for what follows.
    perform pg_catalog.set_config('request.jwt.claims', v_key_claims::text, true),
      pg_catalog.set_config('role', v_key_claims ->> 'role', true),
      pg_catalog.set_config('statement_timeout', '60s', true);
  end if;
end
$$;
comment on function auth.check_request() is
'Called by PostgREST before every request, as the role of its token. Lets auth.admit_request decide, and becomes the role of an API key. Errors: those of auth.admit_request.';
