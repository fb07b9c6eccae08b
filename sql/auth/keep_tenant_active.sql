create or replace function auth.keep_tenant_active() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_table_name = 'login' then
    new.tenant_active := coalesce((select t.active from fleet.tenant t where t.tenant_id = new.tenant_id), false);
    return new;
  end if;
  update auth.login l set tenant_active = new.active where l.tenant_id = new.tenant_id;
  return null;
end
$$;
comment on function auth.keep_tenant_active() is
'Keeps auth.login.tenant_active as fleet.tenant.active is. Owned by vigil_jobs: whoever maps a login or suspends a tenant.';

create or replace trigger _100_keep_tenant_active
  before insert or update of tenant_id on auth.login
  for each row execute function auth.keep_tenant_active();
create or replace trigger _500_keep_tenant_active
  after update of active on fleet.tenant
  for each row when (new.active <> old.active) execute function auth.keep_tenant_active();
