create or replace function auth.begin_totp() returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account_id uuid := auth.signed_in();
  v_secret bytea := substring(sha256(convert_to(vigil_platform.random_token(32), 'UTF8')) from 1 for 20);
  v_label text;
begin
  update auth.account a
  set totp_secret_sealed = vigil_platform.seal(v_secret, 'totp ' || a.account_id), totp_last_step = null
  where a.account_id = v_account_id and a.totp_confirmed_at is null
  -- Percent-encoded, byte by byte.
  returning (
    select string_agg(case when b.byte ~ '^(2[de]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f|7e)$' then convert_from(decode(b.byte, 'hex'), 'UTF8') else '%' || upper(b.byte) end, '' order by b.place)
    from (
      select substr(encode(convert_to(a.email, 'UTF8'), 'hex'), i.place, 2) as byte, i.place
      from generate_series(1, 2 * octet_length(a.email), 2) i (place)) b)
  into v_label;
  if not found then
    raise sqlstate 'PT409' using
      message = 'there is a second factor already',
      hint = 'Take it away with POST /rpc/disable_totp first.';
  end if;
  perform auth.add_answer_header('Cache-Control', 'no-store');
  return jsonb_build_object('secret', vigil_platform.base32(v_secret),
    'otpauth_url', format('otpauth://totp/Vigil:%s?secret=%s&issuer=Vigil&algorithm=SHA1&digits=6&period=30', v_label, rtrim(vigil_platform.base32(v_secret), '=')));
end
$$;
comment on function auth.begin_totp() is
'A new secret for the authenticator of whoever asks; it counts once auth.confirm_totp has seen a code of it. PT409 when they have a second factor. Owned by vigil_auth.';
