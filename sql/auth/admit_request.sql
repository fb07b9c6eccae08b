create or replace function auth.admit_request() returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_claims jsonb := auth.claims();
  v_key text := auth.request_header('x-api-key');
  v_method text := nullif(current_setting('request.method', true), '');
  v_path text := current_setting('request.path', true);
  v_now timestamptz := clock_timestamp();
  v_problem text;
begin
  -- PostgREST's own claims for a request without a token; anon holds no grants.
  if v_claims = '{"role": "anon"}' then
    v_claims := null;
  end if;
  if v_key is not null then
    if v_claims is not null then
      raise sqlstate 'PT400' using
        message = 'the request has both a token and an API key',
        hint = 'Send Authorization or X-API-Key.';
    end if;
    v_claims := auth.key_claims(v_key, v_path);
  -- Nearly every token passes both of these, which cost a third of finding out what is wrong with one that does not.
  elsif v_claims is not null
    and not (auth.token_is_sound(v_claims, extract(epoch from v_now)) and auth.session_carries(v_claims, v_now)) then
    v_problem := auth.token_problem(v_claims, extract(epoch from v_now));
    if v_problem is null then
      v_problem := auth.session_problem(v_claims, v_now);
    end if;
    if v_problem is not null then
      raise sqlstate 'PT401' using
        message = v_problem,
        hint = 'Get a new token with POST /rpc/login or /rpc/refresh, or with ./dev token during development.';
    end if;
  end if;
  perform set_config('request.tenant_id', v_claims ->> 'tenant_id', true);
  perform auth.take_allowance(v_claims, auth.endpoint_class(v_method, v_path));
  return case when v_key is not null then v_claims end;
end
$$;
comment on function auth.admit_request() is
'Decides about the current request: the claims of its token, their session and tenant, or its API key, against the database''s clock, and the rate limits. Notes the tenant for auth.tenant_id(). Returns what an API key stands for, else null. Errors: PT400 for a token beside a key, PT401, PT403 for a path that the key does not open, 429. Owned by vigil_auth.';
