create or replace function auth.disable_totp(password text, code text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account_id uuid := auth.signed_in();
  v_account record;
begin
  select a.email, a.password_hash, a.totp_confirmed_at into v_account from auth.account a where a.account_id = v_account_id;
  if v_account.totp_confirmed_at is null then
    raise sqlstate 'PT409' using
      message = 'there is no second factor',
      hint = 'POST /rpc/begin_totp and /rpc/confirm_totp set one up.';
  end if;
  perform auth.refuse_waiting(v_account.email);
  if not auth.password_matches(disable_totp.password, v_account.password_hash) or not auth.second_factor_accepts(v_account_id, disable_totp.code) then
    perform auth.note_failure(v_account.email), auth.record_visit(v_account_id);
    return auth.problem_answer(401, 'the password or the code is wrong', 'Each code works once; a recovery code will do.');
  end if;
  if length(normalize(disable_totp.password, nfkc)) < 15 then
    raise exception using
      errcode = '22023',
      message = 'the password is too short to stand alone',
      hint = 'Choose one of at least 15 characters with POST /rpc/change_password first.';
  end if;
  update auth.account a set totp_secret_sealed = null, totp_confirmed_at = null, totp_last_step = null where a.account_id = v_account_id;
  delete from auth.recovery_code r where r.account_id = v_account_id;
  perform audit.record(auth.tenant_id(), 'disable_totp', null);
  return jsonb_build_object('second_factor', false);
end
$$;
comment on function auth.disable_totp(text, text) is
'Takes the second factor of whoever asks away, for their password and a code or recovery code. Wrong ones are a failed login (status 401, committed); 22023 when the password would be too short without it. Owned by vigil_auth.';
