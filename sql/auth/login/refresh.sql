create or replace function auth.refresh(refresh_token text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_client bytea := auth.client_sha256();
  v_now timestamptz;
  v_token record;
  v_session record;
  v_tenant record;
  v_next record;
  v_problem text;
begin
  select r.token_sha256, r.session_id, r.expires_at, r.used_at, r.client_sha256, r.successor_sealed into v_token
  from auth.refresh_token r
  where r.token_sha256 = auth.token_sha256(refresh.refresh_token)
  for update;
  select s.session_id, s.account_id, s.current_tenant_id, s.expires_at, s.revoked_at, a.active into v_session
  from auth.session s
  join auth.account a on a.account_id = s.account_id
  where s.session_id = v_token.session_id
  for no key update of s;
  -- After any wait for one of the same token.
  v_now := clock_timestamp();
  v_problem := case
    when v_session.session_id is null then 'the refresh token is not valid'
    when v_session.revoked_at is not null then 'the session has ended'
    when v_session.expires_at <= v_now then 'the session has expired'
    when not v_session.active then 'the account is not active'
    when v_token.used_at is null and v_token.expires_at <= v_now then 'the refresh token has expired'
  end;
  if v_problem is null and v_token.used_at is not null
    and not coalesce(v_token.client_sha256 = v_client and v_token.used_at > v_now - interval '10 seconds' and v_token.successor_sealed is not null, false) then
    -- Two have the token, and one of them should not (RFC 9700, 4.14.2).
    update auth.session s set revoked_at = v_now, revoked_because = 'reuse' where s.session_id = v_session.session_id;
    perform audit.record(v_session.current_tenant_id, 'refresh_reuse',
      jsonb_build_object('account_id', v_session.account_id, 'session_id', v_session.session_id));
    v_problem := 'the refresh token was used before: the session has ended';
  end if;
  if v_problem is null then
    select m.tenant_id, auth.role_in(v_session.account_id, m.tenant_id) as role into v_tenant
    from (
      select v_session.current_tenant_id as tenant_id, null as name
      union all
      -- No longer there: then where they may be.
      select o.tenant_id, o.name from auth.memberships_of(v_session.account_id) o
    ) m
    where auth.role_in(v_session.account_id, m.tenant_id) is not null
    order by m.tenant_id = v_session.current_tenant_id desc, m.name
    limit 1;
    v_problem := case when v_tenant.role is null then 'the account has no tenant any more' end;
  end if;
  if v_problem is not null then
    return auth.problem_answer(401, v_problem, 'Log in again with POST /rpc/login.');
  end if;

  if v_token.used_at is not null then
    -- The answer was lost: the same client gets the same token once more.
    select convert_from(vigil_platform.unseal(v_token.successor_sealed, 'refresh ' || v_session.session_id), 'UTF8') as token, null::timestamptz as expires_at into v_next;
    v_next.expires_at := (select r.expires_at from auth.refresh_token r where r.token_sha256 = auth.token_sha256(v_next.token));
  else
    v_next := auth.new_refresh_token(v_session.session_id);
    update auth.refresh_token r
    set used_at = v_now, client_sha256 = v_client,
      successor_sealed = vigil_platform.seal(convert_to(v_next.token, 'UTF8'), 'refresh ' || v_session.session_id)
    where r.token_sha256 = v_token.token_sha256;
    update auth.session s set last_used_at = v_now, current_tenant_id = v_tenant.tenant_id where s.session_id = v_session.session_id;
  end if;
  return auth.token_answer(v_session.session_id, v_tenant.tenant_id, v_tenant.role, v_next.token, v_next.expires_at);
end
$$;
comment on function auth.refresh(text) is
'A new access token and the next refresh token for a refresh token, which is used up. The same client (auth.client_sha256) gets the same again for 10 seconds; any other use of one that was used ends its session, and that commits. In the session''s tenant, else the first where the account works; with the role of now. Errors are answers of status 401. Owned by vigil_auth.';
