create or replace function auth.first_admin(email text) returns text
language plpgsql volatile
as $$
declare
  v_tenant_id int;
begin
  -- Two starts at once make one.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('vigil.first_admin', 0));
  if exists (select from auth.account) then
    return null;
  end if;
  select t.tenant_id into v_tenant_id from fleet.tenant t where t.name = 'platform';
  if v_tenant_id is null then
    v_tenant_id := ops.create_tenant('platform', 'Platform');
  end if;
  with made as (
    insert into auth.account (email, display_name)
    values (pg_catalog.lower(first_admin.email), 'Administrator')
    returning account_id
  )
  insert into auth.membership (tenant_id, account_id, role, accepted_at, created_by)
  select v_tenant_id, m.account_id, 'platform_admin', pg_catalog.now(), session_user from made m;
  return auth.setup_token(first_admin.email);
end
$$;
comment on function auth.first_admin(text) is
'For a DBA, once: makes the tenant platform and in it the account that may do everything, and returns the token with which its password is chosen at /rpc/set_password_page?token=…, within a day. Null when there is an account already.';
