create or replace view api.sql_logins with (security_invoker = true) as
select l.name, l.login_name as login, l.kind, l.created_by, l.created_at, l.expires_at,
  extract(epoch from auth.login_limit(l.login_name::text)) as statement_seconds
from auth.login l
where l.kind <> 'other';
comment on view api.sql_logins is
$$SQL logins of the tenant
One row per login that POST /rpc/create_sql_login made. For tenant_admin.$$;
comment on column api.sql_logins.login is 'What to log in with: kind, number of the tenant, name.';
comment on column api.sql_logins.expires_at is 'From then on the password is not taken and sessions are ended; null: never.';
comment on column api.sql_logins.statement_seconds is 'A statement that runs for longer is ended.';
