create or replace function auth.whoami() returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'subject', auth.subject(), 'tenant', t.name, 'role', auth.claims() ->> 'role', 'session_id', auth.session_id(),
    'account_id', a.account_id, 'email', a.email, 'display_name', a.display_name, 'language', a.language,
    'second_factor', a.totp_confirmed_at is not null, 'recovery_codes', case when a.totp_confirmed_at is not null then (
      select count(*) from auth.recovery_code r where r.account_id = a.account_id and r.used_at is null) end,
    'password_changed_at', a.password_changed_at,
    'tenants', case when a.account_id is not null then (
      select coalesce(jsonb_agg(jsonb_build_object('tenant', m.name, 'role', m.role) order by m.name), '[]')
      from auth.memberships_of(a.account_id) m) end))
  from fleet.tenant t
  left join auth.account a on a.account_id = auth.account_id()
  where t.tenant_id = auth.tenant_id()
$$;
comment on function auth.whoami() is
'Who asks, where and as what; for a person their account too. Owned by vigil_auth.';
