create or replace function auth.admit_request() returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Null for a token whose claims are sound, as most are.
  v_other jsonb := vigil_platform.open_request(session_user = 'authenticator');
  v_claims jsonb;
  v_address inet;
  v_problem text;
begin
  if v_other is null then
    v_claims := auth.claims();
    -- The short question costs half of finding out what is wrong with a session that does not carry the token.
    if not auth.session_carries(v_claims, clock_timestamp()) then
      v_problem := auth.session_problem(v_claims, clock_timestamp());
      if v_problem is not null then
        raise sqlstate 'PT401' using
          message = v_problem,
          hint = 'Get a new token with POST /rpc/login or /rpc/refresh, or with ./dev token during development.';
      end if;
    end if;
    perform auth.take_allowance('user', (v_claims ->> 'tenant_id')::int, v_claims ->> 'sub');
    return null;
  end if;
  if v_other ? 'message' then
    raise exception using errcode = v_other ->> 'code', message = v_other ->> 'message', hint = v_other ->> 'hint';
  end if;
  if v_other ->> 'bearer' = 'key' then
    v_claims := auth.key_claims(auth.request_header('x-api-key'), current_setting('request.path', true));
    perform set_config('request.tenant_id', v_claims ->> 'tenant_id', true);
    perform auth.take_allowance('key', (v_claims ->> 'tenant_id')::int, v_claims ->> 'key_id');
  else
    perform set_config('request.tenant_id', null, true);
    v_address := auth.client_address();
    perform auth.take_allowance(case when v_address is null then 'strangers' else 'address' end, 0,
      coalesce(network(case when family(v_address) = 6 then set_masklen(v_address, 64) else v_address end)::text, ''));
  end if;
  return v_claims;
end
$$;
comment on function auth.admit_request() is
'Decides about the current request: its form and the claims of its token (vigil_platform.open_request), their session and tenant, or its API key, against the database''s clock, and the rate limits. Takes or makes the correlation id and notes the tenant for auth.tenant_id(). Returns what an API key stands for, else null. Errors: PT400 for a token beside a key, a malformed X-Correlation-ID and Prefer: count=planned or estimated, PT401, PT403 for a path that the key does not open, PT405 for writing to a view, 429. Owned by vigil_auth.';
