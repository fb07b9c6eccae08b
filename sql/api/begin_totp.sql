create or replace function api.begin_totp() returns jsonb
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select auth.begin_totp()
$$;
comment on function api.begin_totp() is
$$Set up a second factor
Answers a secret for an authenticator (RFC 6238: SHA-1, 6 digits, 30 seconds), also as a URL for a QR code. It counts once POST /rpc/confirm_totp has seen a code.$$;
