create or replace function auth.check_request() returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_headers json := nullif(current_setting('request.headers', true), '')::json;
  v_correlation_id text := v_headers ->> 'x-correlation-id';
  v_key_claims jsonb;
begin
  if v_correlation_id is null then
    v_correlation_id := gen_random_uuid()::text;
  elsif v_correlation_id !~ '^[!-~]{1,128}$' then
    raise sqlstate 'PT400' using
      message = 'the X-Correlation-ID is not valid',
      hint = 'Send 1 to 128 visible ASCII characters, or leave the header out and take the one of the answer.';
  end if;
  perform set_config('request.correlation_id', v_correlation_id, true),
    set_config('response.headers', '[{"X-Correlation-ID": ' || to_json(v_correlation_id) || '}]', true);

  -- Writing to a view over a join is an error of the server to PostgREST (500); here it is one of the client.
  if nullif(current_setting('request.method', true), '') not in ('GET', 'HEAD', 'OPTIONS')
    and current_setting('request.path', true) not like '/rpc/%' then
    raise sqlstate 'PT405' using
      message = 'views are only read',
      hint = 'Change things with POST /rpc/…; GET / lists the procedures.';
  end if;

  -- What the planner believes it has from everybody's rows.
  if v_headers ->> 'prefer' ~* 'count *= *(planned|estimated)' then
    raise sqlstate 'PT400' using
      message = 'rows are not counted by estimate',
      hint = 'Send Prefer: count=exact, or leave it out.';
  end if;

  v_key_claims := auth.admit_request();
  if v_key_claims is not null then
    -- PostgREST came as anon. The login, authenticator, is a member of every request role, so this holds for what follows.
    perform set_config('request.jwt.claims', v_key_claims::text, true),
      set_config('role', v_key_claims ->> 'role', true),
      set_config('statement_timeout', '60s', true);
  end if;
end
$$;
comment on function auth.check_request() is
'Called by PostgREST before every request, as the role of its token. Lets auth.admit_request decide, becomes the role of an API key, and takes or makes the request''s correlation id. Answers 401, 403, 429, 405 to whoever writes to a view, and 400 for a malformed X-Correlation-ID and for Prefer: count=planned or estimated.';
