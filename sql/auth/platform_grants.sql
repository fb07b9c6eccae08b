-- Passwords, tokens and sealed secrets are the business of what logs people in alone.
grant usage on schema vigil_platform to vigil_auth;
grant execute on function
  vigil_platform.hash_password(text), vigil_platform.verify_password(text, text), vigil_platform.password_needs_rehash(text),
  vigil_platform.random_token(int), vigil_platform.sign_token(jsonb), vigil_platform.seal(bytea, text), vigil_platform.unseal(bytea, text),
  vigil_platform.totp_matches(bytea, text, timestamptz), vigil_platform.base32(bytea),
  vigil_platform.take_token(text, float8, float8, float8), vigil_platform.bucket_used_at(text)
  to vigil_auth;
-- Migrations gave vigil_jobs all that there is.
revoke execute on function
  vigil_platform.hash_password(text), vigil_platform.verify_password(text, text), vigil_platform.password_needs_rehash(text),
  vigil_platform.random_token(int), vigil_platform.sign_token(jsonb), vigil_platform.seal(bytea, text), vigil_platform.unseal(bytea, text),
  vigil_platform.totp_matches(bytea, text, timestamptz), vigil_platform.base32(bytea),
  vigil_platform.take_token(text, float8, float8, float8), vigil_platform.bucket_used_at(text), vigil_platform.signing_public_key(),
  vigil_platform.verify_token(text, jsonb)
  from public, vigil_jobs;
