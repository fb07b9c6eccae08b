create or replace function auth.choose_password(token text, password text, display_name text default null) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_link record;
  v_joins boolean;
  v_hash text;
  v_ended int := 0;
begin
  select l.account_id, l.purpose, l.invited_to, l.email, l.has_password into v_link from auth.link_of(choose_password.token) l;
  if v_link.account_id is not null then
    -- Who has an account already shows by its password that it is theirs to accept.
    v_joins := v_link.purpose = 'invite' and v_link.has_password;
    if v_joins then
      perform auth.refuse_waiting(v_link.email);
      if not auth.password_matches(choose_password.password, (select a.password_hash from auth.account a where a.account_id = v_link.account_id)) then
        perform auth.note_failure(v_link.email), auth.record_visit(v_link.account_id);
        return auth.problem_answer(401, 'the password is wrong', 'You have an account: it is the password that you log in with.');
      end if;
    else
      perform auth.refuse_password(v_link.account_id, choose_password.password);
      v_hash := vigil_platform.hash_password(normalize(choose_password.password, nfkc));
    end if;
    update auth.one_time_token k
    set used_at = clock_timestamp()
    where k.token_sha256 = auth.token_sha256(choose_password.token) and k.used_at is null;
  end if;
  -- Two may have come with the same link at once.
  if v_link.account_id is null or not found then
    raise sqlstate 'PT404' using
      message = 'this link is not valid, was used, or has expired',
      hint = 'POST /rpc/request_password_reset sends a new one; an invitation is sent again by whoever invited.';
  end if;

  if not v_joins then
    v_ended := auth.store_password(v_link.account_id, v_hash);
    perform auth.forget_failures(v_link.email);
  end if;
  if v_link.purpose = 'invite' then
    update auth.membership m
    set active = true, accepted_at = clock_timestamp()
    where m.tenant_id = v_link.invited_to and m.account_id = v_link.account_id and m.accepted_at is null;
    update auth.account a
    set display_name = coalesce(nullif(choose_password.display_name, ''), a.display_name)
    where a.account_id = v_link.account_id and not v_link.has_password;
  end if;
  perform audit.record(m.tenant_id, case v_link.purpose when 'invite' then 'accept_invite' else 'reset_password' end,
    jsonb_build_object('account_id', v_link.account_id, 'sessions_ended', v_ended))
  from auth.membership m
  where m.account_id = v_link.account_id and m.tenant_id = coalesce(v_link.invited_to, m.tenant_id) and m.accepted_at is not null;
  return jsonb_build_object('email', v_link.email,
    'tenants', (select coalesce(jsonb_agg(jsonb_build_object('tenant', o.name, 'role', o.role) order by o.name), '[]') from auth.memberships_of(v_link.account_id) o));
exception
  when check_violation then
    raise exception using
      errcode = '22023',
      message = 'the display name is longer than 200 characters',
      hint = 'Give a name as people read it, or leave it out.';
end
$$;
comment on function auth.choose_password(text, text, text) is
'Does what a link is for: gives its account the password and ends its sessions, or accepts an invitation; one to somebody who has a password takes that password, and a wrong one is a failed login (status 401, committed). Uses the link up. Returns email and tenants. PT404 for a link that is not valid, 22023 for a password that is not good enough. Owned by vigil_auth.';
