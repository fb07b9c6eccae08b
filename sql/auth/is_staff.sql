create or replace function auth.is_staff(account uuid) returns boolean
language sql stable
as $$
  select exists (
    select
    from auth.membership m
    join fleet.tenant t on t.tenant_id = m.tenant_id
    where m.account_id = is_staff.account and m.role = 'platform_admin' and m.active and t.name = 'platform' and t.active)
$$;
comment on function auth.is_staff(uuid) is
'Whether an account is one of those who run the platform: a membership of role platform_admin in the tenant named platform. They may enter any tenant.';
