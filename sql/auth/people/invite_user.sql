create or replace function auth.invite_user(email text, role text, display_name text, language text) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_email text := lower(btrim(invite_user.email));
  v_name text := coalesce(nullif(btrim(invite_user.display_name), ''), nullif(split_part(v_email, '@', 1), ''), '?');
  v_account record;
  v_rule text;
begin
  perform auth.refuse_key(), auth.refuse_role(v_tenant_id, invite_user.role), alerting.account_channel();
  insert into auth.account as a (email, display_name, language)
  values (v_email, v_name, coalesce(invite_user.language, 'en'))
  on conflict on constraint account_email_unique do nothing;
  select a.account_id, a.email, a.language into v_account from auth.account a where a.email = v_email;
  insert into auth.membership as m (tenant_id, account_id, role, active, display_name, created_by)
  values (v_tenant_id, v_account.account_id, invite_user.role, false, v_name, auth.subject())
  on conflict on constraint membership_pkey do update
  -- Once more, to somebody who has not accepted.
  set role = excluded.role, display_name = excluded.display_name, created_by = excluded.created_by
  where m.accepted_at is null and not m.active and auth.role_rank(m.role) <= auth.role_rank(auth.claims() ->> 'role');
  if not found then
    raise sqlstate 'PT409' using
      message = format('%s is a user already', v_email),
      hint = 'Change them with POST /rpc/set_user_role or /rpc/reactivate_user.';
  end if;
  perform alerting.tell_account(v_account.account_id, v_account.email, coalesce(invite_user.language, v_account.language), 'account.invite',
      jsonb_build_object('tenant_id', t.tenant_id, 'tenant', t.display_name, 'role', invite_user.role,
        'invited_by', coalesce((select coalesce(o.display_name, i.display_name) from auth.account i
          left join auth.membership o on o.account_id = i.account_id and o.tenant_id = t.tenant_id where i.account_id = auth.account_id()), auth.subject()),
        'recipient', jsonb_build_object('name', v_name))),
    audit.record(t.tenant_id, 'invite_user', jsonb_build_object('account_id', v_account.account_id, 'email', v_email, 'role', invite_user.role))
  from fleet.tenant t
  where t.tenant_id = v_tenant_id;
  return v_account.account_id;
exception
  when check_violation or not_null_violation then
    get stacked diagnostics v_rule = constraint_name;
    raise exception using
      errcode = '22023',
      message = case
        when v_rule in ('account_display_name_length', 'membership_display_name_length') then 'the display name is longer than 200 characters'
        when v_rule = 'account_language_known' then 'the language is not known'
        else format('"%s" is not an email address', left(invite_user.email, 100)) end,
      hint = case
        when v_rule in ('account_display_name_length', 'membership_display_name_length') then 'Give a name as people read it, or leave it out.'
        when v_rule = 'account_language_known' then 'Messages are written in "en" and "de".'
        else 'Such as ann@example.com.' end;
end
$$;
comment on function auth.invite_user(text, text, text, text) is
'Invites somebody into the caller''s tenant with a role, or once more; a link by mail lets them accept. Returns their account, new or not: whether it was there before is not told. 42501 for a role above the caller''s and for API keys, 22023 for arguments that are not valid, PT409 for a user and without the channel for it. Owned by vigil_auth.';
