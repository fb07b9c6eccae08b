create or replace function auth.change_password(old_password text, new_password text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account_id uuid := auth.signed_in();
  v_account record;
  v_hash text;
  v_ended int;
begin
  select a.email, a.password_hash into v_account from auth.account a where a.account_id = v_account_id;
  perform auth.refuse_waiting(v_account.email);
  if not auth.password_matches(old_password, v_account.password_hash) then
    perform auth.note_failure(v_account.email), auth.record_visit(v_account_id);
    return auth.problem_answer(401, 'the old password is wrong', 'From the fifth failure on each takes longer.');
  end if;
  perform auth.refuse_password(v_account_id, new_password);
  v_hash := vigil_platform.hash_password(normalize(new_password, nfkc));
  v_ended := auth.store_password(v_account_id, v_hash, auth.session_id());
  perform auth.forget_failures(v_account.email),
    audit.record(auth.tenant_id(), 'change_password', jsonb_build_object('sessions_ended', v_ended));
  return jsonb_build_object('sessions_ended', v_ended);
end
$$;
comment on function auth.change_password(text, text) is
'Changes the password of whoever asks and ends their other sessions. A wrong old one is a failed login (status 401, committed). 22023 for a new one that is not good enough. Owned by vigil_auth.';
