create or replace function auth.second_factor_accepts(account uuid, code text) returns boolean
language plpgsql volatile
as $$
declare
  v_sealed bytea;
  v_step bigint;
begin
  if code ~ '^[0-9]{6}$' then
    select a.totp_secret_sealed into v_sealed from auth.account a where a.account_id = account;
    if v_sealed is not null then
      v_step := vigil_platform.totp_matches(vigil_platform.unseal(v_sealed, 'totp ' || account), code, pg_catalog.clock_timestamp());
    end if;
    -- A code that somebody has watched being typed is of no use any more.
    update auth.account a
    set totp_last_step = v_step
    where a.account_id = account and v_step > coalesce(a.totp_last_step, 0);
    return found;
  end if;
  update auth.recovery_code r
  set used_at = pg_catalog.clock_timestamp()
  where r.account_id = account and r.used_at is null
    and r.code_sha256 = auth.token_sha256(pg_catalog.lower(pg_catalog.regexp_replace(code, '[^A-Za-z0-9]', '', 'g')));
  return found;
end
$$;
comment on function auth.second_factor_accepts(uuid, text) is
'Whether a code of six digits is right now (RFC 6238, one step either way) and newer than the last one used, or a recovery code has not been used; uses it up. False for null.';
