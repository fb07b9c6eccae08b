create or replace function auth.account_data(subject text, tenant int) returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('account_id', a.account_id, 'email', a.email, 'display_name', a.display_name, 'active', a.active,
    'created_at', a.created_at, 'last_login_at', a.last_login_at, 'role', m.role, 'member_since', m.created_at,
    'sessions', (
      select coalesce(jsonb_agg(jsonb_build_object('created_at', s.created_at, 'last_used_at', s.last_used_at, 'address', s.address,
        'user_agent', s.user_agent) order by s.created_at), '[]')
      from auth.session s
      where s.account_id = a.account_id and s.current_tenant_id = m.tenant_id))
  from auth.account a
  join auth.membership m on m.account_id = a.account_id and m.tenant_id = account_data.tenant
  where a.account_id::text = account_data.subject or a.email = lower(account_data.subject)
$$;
comment on function auth.account_data(text, int) is
'What is known of the account that a subject names (its number or email address) as a member of a tenant; null when there is none. Owned by vigil_auth.';

create or replace function auth.erase_member(subject text, tenant int) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account_id uuid;
begin
  select a.account_id into v_account_id
  from auth.account a
  join auth.membership m on m.account_id = a.account_id and m.tenant_id = erase_member.tenant
  where a.account_id::text = erase_member.subject or a.email = lower(erase_member.subject);
  if not found then
    return null;
  end if;
  if exists (select from auth.membership m where m.account_id = v_account_id and m.tenant_id <> erase_member.tenant) then
    delete from auth.session s where s.account_id = v_account_id and s.current_tenant_id = erase_member.tenant;
    delete from auth.membership m where m.account_id = v_account_id and m.tenant_id = erase_member.tenant;
    return 'membership';
  end if;
  delete from auth.account a where a.account_id = v_account_id;
  return 'account';
end
$$;
comment on function auth.erase_member(text, int) is
'Deletes the account that a subject names, with its sessions, or only its membership where it works in other tenants, too. Returns which: account, membership, or null when there is none. Owned by vigil_auth.';
