create or replace function auth.check_request() returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_claims jsonb := auth.claims();
  v_now float8 := extract(epoch from clock_timestamp());
  v_problem text;
  v_correlation_id text := auth.request_header('x-correlation-id');
begin
  if v_correlation_id is null then
    v_correlation_id := gen_random_uuid()::text;
  elsif v_correlation_id !~ '^[!-~]{1,128}$' then
    raise sqlstate 'PT400' using
      message = 'the X-Correlation-ID is not valid',
      hint = 'Send 1 to 128 visible ASCII characters, or leave the header out and take the one of the answer.';
  end if;
  perform set_config('request.correlation_id', v_correlation_id, true);
  perform auth.add_answer_header('X-Correlation-ID', v_correlation_id);

  -- Writing to a view over a join is an error of the server to PostgREST (500); here it is one of the client.
  if nullif(current_setting('request.method', true), '') not in ('GET', 'HEAD', 'OPTIONS')
    and current_setting('request.path', true) not like '/rpc/%' then
    raise sqlstate 'PT405' using
      message = 'views are only read',
      hint = 'Change things with POST /rpc/…; GET / lists the procedures.';
  end if;

  -- PostgREST's own claims for a request without a token; anon holds no grants.
  if v_claims is null or v_claims = '{"role": "anon"}' then
    return;
  end if;

  v_problem := case
    when v_claims ->> 'iss' is distinct from 'vigil' then 'the token was not issued by vigil'
    when not coalesce(v_claims -> 'aud' @> '"vigil"', false) then 'the token is not meant for vigil'
    when jsonb_typeof(v_claims -> 'exp') is distinct from 'number' then 'the token has no expiry'
    when jsonb_typeof(v_claims -> 'iat') is distinct from 'number' then 'the token does not say when it was issued'
    when (v_claims ->> 'exp')::float8 <= v_now then 'the token has expired'
    when (v_claims ->> 'iat')::float8 > v_now + 30 then 'the token was issued in the future'
    when (v_claims ->> 'exp')::float8 - (v_claims ->> 'iat')::float8 > 900 then 'the token lives longer than 15 minutes'
    when jsonb_typeof(v_claims -> 'nbf') = 'number' and (v_claims ->> 'nbf')::float8 > v_now then 'the token is not valid yet'
    when coalesce(v_claims ->> 'sub', '') = '' then 'the token has no subject'
    when v_claims ->> 'role' is null or v_claims ->> 'role' = 'anon' then 'the token has no role'
    when coalesce(v_claims ->> 'tenant_id', '') !~ '^[1-9][0-9]{0,8}$' then 'the token has no tenant'
  end;
  if v_problem is null and not exists (
    select from fleet.tenant t where t.tenant_id = (v_claims ->> 'tenant_id')::int and t.active
  ) then
    v_problem := 'the token''s tenant is not active';
  end if;

  if v_problem is not null then
    raise sqlstate 'PT401' using
      message = v_problem,
      hint = 'Get a new token from your identity provider, or with ./dev token during development.';
  end if;
end
$$;
comment on function auth.check_request() is
'Called by PostgREST before every request. Checks the claims that PostgREST checks only when present, or not at all, against the database''s clock: issuer, audience, expiry, age, subject, role and an active tenant. Takes or makes the request''s correlation id. Answers 401, 405 to whoever writes to a view, and 400 for a malformed X-Correlation-ID.';
