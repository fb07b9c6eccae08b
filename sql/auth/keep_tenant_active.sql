create or replace function auth.take_tenant_active() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  new.tenant_active := coalesce((select t.active from fleet.tenant t where t.tenant_id = new.tenant_id), false);
  return new;
end
$$;
comment on function auth.take_tenant_active() is
'Sets auth.login.tenant_active of a new mapping to what fleet.tenant.active is. Owned by vigil_jobs: whoever maps a login.';

create or replace function auth.keep_tenant_active() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update auth.login l set tenant_active = new.active where l.tenant_id = new.tenant_id;
  return null;
end
$$;
comment on function auth.keep_tenant_active() is
'Keeps auth.login.tenant_active as fleet.tenant.active is. Owned by vigil_jobs: whoever suspends a tenant.';

create or replace trigger _100_take_tenant_active
  before insert or update of tenant_id on auth.login
  for each row execute function auth.take_tenant_active();
create or replace trigger _500_keep_tenant_active
  after update of active on fleet.tenant
  for each row when (new.active <> old.active) execute function auth.keep_tenant_active();
