create or replace function auth.tenant_users() returns table (
  email text, display_name text, role text, state text, second_factor boolean, account_id uuid, last_used_at timestamptz, invited_by text, created_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select a.email, coalesce(m.display_name, a.display_name), m.role,
    case when m.active and a.active then 'active' when m.accepted_at is null and not m.active then 'invited' else 'inactive' end,
    case when m.active then a.totp_confirmed_at is not null end,
    a.account_id,
    (select max(s.last_used_at) from auth.session s where s.account_id = a.account_id and s.current_tenant_id = m.tenant_id),
    m.created_by, m.created_at
  from auth.membership m
  join auth.account a on a.account_id = m.account_id
  where m.tenant_id = auth.tenant_id()
$$;
comment on function auth.tenant_users() is
'The users of the caller''s tenant: active, invited (not accepted yet) or inactive; last_used_at is their last login, refresh or switch here that is still known. What they do in other tenants is not told. Owned by vigil_auth.';
