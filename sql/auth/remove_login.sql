create or replace function auth.remove_login(login text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if login !~ '^(bi|grafana)_[1-9][0-9]*_[a-z][a-z0-9_]{0,29}$' then
    raise exception using
      errcode = '22023',
      message = 'that is not the name of a tenant''s login',
      hint = 'They begin with bi_ or grafana_ and the tenant''s number.';
  end if;
  if not exists (select from pg_roles r where r.rolname = login) then
    return false;
  end if;
  execute format('alter role %I nologin', login);
  perform pg_terminate_backend(a.pid) from pg_stat_activity a where a.usename = login;
  execute format('drop role %I', login);
  return true;
end
$$;
comment on function auth.remove_login(text) is
'Ends the sessions of a tenant''s SQL login and drops it; false when there is none. Owned by vigil_logins. Who calls it has looked whose login it is. 22023 for any other role.';
