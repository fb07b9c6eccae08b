create or replace function auth.log_in(email text, password text, code text, tenant text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_email text := left(lower(btrim(log_in.email)), 320);
  v_account record;
  v_tenant record;
  v_matches boolean;
  v_hash text;
  v_session_id uuid;
  v_refresh record;
begin
  perform auth.refuse_waiting(v_email);
  select a.account_id, a.password_hash, a.active, a.totp_confirmed_at is not null as has_second_factor, a.last_tenant_id
  into v_account
  from auth.account a
  where a.email = v_email;
  -- The slow part: no lock is held, and it is as slow for an email that nobody has.
  v_matches := auth.password_matches(password, v_account.password_hash);
  select m.tenant_id, m.name, auth.role_in(v_account.account_id, m.tenant_id) as role into v_tenant
  from auth.memberships_of(v_account.account_id) m
  where m.name = coalesce(log_in.tenant, m.name)
  order by m.tenant_id = v_account.last_tenant_id desc nulls last, m.name
  limit 1;
  if not coalesce(v_matches and v_account.active and v_tenant.role is not null, false) then
    perform auth.note_failure(v_email), auth.record_visit(v_account.account_id);
    return auth.problem_answer(401, 'email or password is wrong',
      'POST /rpc/request_password_reset sends a link to choose a new password. From the fifth failure on each takes longer.');
  end if;

  if v_account.has_second_factor then
    if log_in.code is null then
      return auth.problem_answer(401, 'the second factor is missing', 'Send the six digits of the authenticator as code, or a recovery code.',
        'second_factor_required');
    elsif not auth.second_factor_accepts(v_account.account_id, log_in.code) then
      perform auth.note_failure(v_email), auth.record_visit(v_account.account_id);
      return auth.problem_answer(401, 'the code is wrong, or was used before',
        'Each code works once: wait for the next, and see that the clock of the authenticator is right.', 'second_factor_wrong');
    end if;
  end if;

  if vigil_platform.password_needs_rehash(v_account.password_hash) then
    v_hash := vigil_platform.hash_password(normalize(password, nfkc));
  end if;
  perform auth.forget_failures(v_email);
  update auth.account a
  set last_login_at = clock_timestamp(), last_tenant_id = v_tenant.tenant_id,
    -- Unless it was changed meanwhile.
    password_hash = case when a.password_hash = v_account.password_hash then coalesce(v_hash, a.password_hash) else a.password_hash end
  where a.account_id = v_account.account_id;
  insert into auth.session (kind, account_id, current_tenant_id, expires_at, address, user_agent, second_factor)
  select 'login', v_account.account_id, v_tenant.tenant_id, clock_timestamp() + c.session_lifetime, auth.client_address(),
    left(auth.request_header('user-agent'), 300), v_account.has_second_factor
  from auth.setting c
  returning session_id into v_session_id;
  perform auth.act_as(v_account.account_id, v_tenant.tenant_id, v_tenant.role, v_session_id),
    audit.record(v_tenant.tenant_id, 'login', jsonb_build_object('session_id', v_session_id, 'second_factor', v_account.has_second_factor));
  v_refresh := auth.new_refresh_token(v_session_id);
  return auth.token_answer(v_session_id, v_tenant.tenant_id, v_tenant.role, v_refresh.token, v_refresh.expires_at);
end
$$;
comment on function auth.log_in(text, text, text, text) is
'Begins a session for an email and a password, and a code where the account has a second factor: in the tenant that is named, else the last one, else the first. Answers tokens, or an error that commits. One answer for an unknown email, a wrong password, an account that is not active and one without a tenant. 429 while it must wait after failures. Owned by vigil_auth.';
