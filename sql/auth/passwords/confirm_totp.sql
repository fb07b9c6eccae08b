create or replace function auth.confirm_totp(code text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account_id uuid := auth.signed_in();
  v_account record;
  v_codes text[];
begin
  select a.email, a.totp_confirmed_at, a.totp_secret_sealed into v_account from auth.account a where a.account_id = v_account_id;
  if v_account.totp_secret_sealed is null or v_account.totp_confirmed_at is not null then
    raise sqlstate 'PT409' using
      message = 'there is no second factor to confirm',
      hint = 'POST /rpc/begin_totp gives the secret for an authenticator.';
  end if;
  perform auth.refuse_waiting(v_account.email);
  if not auth.second_factor_accepts(v_account_id, confirm_totp.code) then
    perform auth.note_failure(v_account.email), auth.record_visit(v_account_id);
    return auth.problem_answer(401, 'the code is wrong', 'Send the six digits that the authenticator shows now, and see that its clock is right.', 'second_factor_wrong');
  end if;
  -- 80 bits each, in groups that can be read.
  select array_agg(regexp_replace(lower(rtrim(vigil_platform.base32(substring(sha256(convert_to(vigil_platform.random_token(32), 'UTF8')) from 1 for 10)), '=')),
    '(.{4})(?=.)', '\1-', 'g')) into v_codes
  from generate_series(1, 10);
  delete from auth.recovery_code r where r.account_id = v_account_id;
  insert into auth.recovery_code (account_id, code_sha256)
  select v_account_id, auth.token_sha256(replace(c.code, '-', '')) from unnest(v_codes) c (code);
  update auth.account a set totp_confirmed_at = clock_timestamp() where a.account_id = v_account_id;
  update auth.session s set second_factor = true where s.session_id = auth.session_id();
  perform auth.add_answer_header('Cache-Control', 'no-store'),
    audit.record(auth.tenant_id(), 'confirm_totp', jsonb_build_object('recovery_codes', cardinality(v_codes)));
  return jsonb_build_object('recovery_codes', to_jsonb(v_codes));
end
$$;
comment on function auth.confirm_totp(text) is
'Makes the authenticator of whoever asks count, once it has shown a code, and gives ten recovery codes, which are not shown again. A wrong code is a failed login (status 401, committed); PT409 without auth.begin_totp. Owned by vigil_auth.';
