create or replace function auth.token_problem(claims jsonb, at float8) returns text
language sql immutable
as $$
  select case
    when claims ->> 'iss' is distinct from 'vigil' then 'the token was not issued by vigil'
    when not coalesce(claims -> 'aud' @> '"vigil"', false) then 'the token is not meant for vigil'
    when claims ->> 'typ' is distinct from 'access' then 'the token is not an access token'
    when pg_catalog.jsonb_typeof(claims -> 'exp') is distinct from 'number' then 'the token has no expiry'
    when pg_catalog.jsonb_typeof(claims -> 'iat') is distinct from 'number' then 'the token does not say when it was issued'
    when (claims ->> 'exp')::float8 <= at then 'the token has expired'
    when (claims ->> 'iat')::float8 > at + 30 then 'the token was issued in the future'
    when (claims ->> 'exp')::float8 <= (claims ->> 'iat')::float8 then 'the token ends before it was issued'
    when (claims ->> 'exp')::float8 - (claims ->> 'iat')::float8 > 900 then 'the token lives longer than 15 minutes'
    when claims ? 'nbf' and pg_catalog.jsonb_typeof(claims -> 'nbf') <> 'number' then 'the token does not say from when it is valid'
    when (claims ->> 'nbf')::float8 > at then 'the token is not valid yet'
    when pg_catalog.jsonb_typeof(claims -> 'sub') is distinct from 'string' or claims ->> 'sub' = '' then 'the token has no subject'
    when claims ->> 'role' is null or claims ->> 'role' = 'anon' then 'the token has no role'
    when pg_catalog.jsonb_typeof(claims -> 'tenant_id') is distinct from 'number' or claims ->> 'tenant_id' !~ '^[1-9][0-9]{0,8}$' then 'the token has no tenant'
    when coalesce(claims ->> 'jti', '') !~ '^[!-~]{16,128}$' then 'the token has no id'
    when coalesce(claims ->> 'sid', '') !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then 'the token has no session'
  end
$$;
comment on function auth.token_problem(jsonb, float8) is
'What is wrong with the claims of an access token at a time, in seconds since 1970; null when nothing is. Issuer, audience, type, expiry, age of at most 15 minutes, start, subject, role, tenant, id and session (RFC 8725, 3.8 to 3.11).';
