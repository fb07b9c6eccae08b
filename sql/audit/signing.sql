-- The server's key signs for vigil_auth alone.
grant usage on schema vigil_platform to vigil_auth;
grant execute on function vigil_platform.sign_token(jsonb), vigil_platform.signing_public_key(),
  vigil_platform.verify_token(text, jsonb)
  to vigil_auth;
