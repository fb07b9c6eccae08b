create or replace function auth.token_is_sound(claims jsonb, at float8) returns boolean
language sql stable
as $$
  select not claims ? 'nbf' and claims ->> 'tenant_id' ~ '^[1-9][0-9]{0,8}$' and coalesce(pg_catalog.jsonb_path_match(claims,
    'strict $.iss == "vigil" && $.aud == "vigil" && $.typ == "access"
      && $.exp.type() == "number" && $.iat.type() == "number" && $.exp > $at && $.exp > $.iat
      && $.iat <= $at + 30 && $.exp - $.iat <= 900
      && $.sub.type() == "string" && $.sub != "" && $.role.type() == "string" && $.role != "anon" && $.tenant_id.type() == "number"
      && $.jti like_regex "^[!-~]{16,128}$" && $.sid like_regex "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"',
    pg_catalog.jsonb_build_object('at', at), true), false)
$$;
comment on function auth.token_is_sound(jsonb, float8) is
'Whether the claims of an access token are all as they should be at a time, in seconds since 1970. One expression, since the hook asks it at every request; false may also be a token that is sound in a rarer form, about which auth.token_problem decides.';
