-- What each role is; request roles cannot log in, and nothing but pg_cron's role
-- and the owner of the functions of login passes row security.
with declared (role, login, bypass, inherit, makes_roles) as (
  values
    ('vigil_owner', false, false, true, false),
    ('vigil_api', false, false, true, false),
    ('vigil_jobs', true, true, true, false),
    ('vigil_auth', false, true, true, false),
    -- Makes the SQL logins of tenants, and is admin of bi_reader and of those.
    ('vigil_logins', false, false, true, true),
    ('vigil_worker', true, false, true, false),
    ('authenticator', true, false, false, false),
    ('bi_reader', false, false, true, false),
    ('anon', false, false, true, false),
    ('viewer', false, false, true, false),
    ('analyst', false, false, true, false),
    ('operator', false, false, true, false),
    ('tenant_admin', false, false, true, false),
    ('platform_admin', false, false, true, false)
)
select format('role %s is missing or is not what it should be', d.role)
from declared d
left join pg_roles r on r.rolname = d.role
where (r.rolcanlogin, r.rolbypassrls, r.rolinherit, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolreplication)
  is distinct from (d.login, d.bypass, d.inherit, false, d.makes_roles, false, false)
order by 1;

-- Request roles include one another as declared and nothing else.
with declared (role, member) as (
  values
    ('viewer', 'analyst'), ('viewer', 'operator'), ('analyst', 'tenant_admin'), ('operator', 'tenant_admin'),
    ('tenant_admin', 'platform_admin'),
    ('anon', 'authenticator'), ('viewer', 'authenticator'), ('analyst', 'authenticator'), ('operator', 'authenticator'),
    ('tenant_admin', 'authenticator'), ('platform_admin', 'authenticator')
),
actual as (
  select r.rolname::text as role, m.rolname::text as member
  from pg_auth_members a
  join pg_roles r on r.oid = a.roleid
  join pg_roles m on m.oid = a.member
  where (r.rolname in (select d.role from declared d) or m.rolname in (select d.member from declared d))
    and not m.rolsuper
)
select format('%s is a member of %s, which is not declared', member, role) from (table actual except table declared) x
union all
select format('%s is not a member of %s', member, role) from (table declared except table actual) x
order by 1;

-- A statement of a request cannot run for ever.
select format('%s has no statement_timeout', r.rolname)
from pg_roles r
where r.rolname in ('anon', 'viewer', 'analyst', 'operator', 'tenant_admin', 'platform_admin', 'vigil_worker')
  and not exists (select from unnest(r.rolconfig) c where c ~ '^statement_timeout=[1-9]')
order by 1;

-- What makes logins has nothing to give them but bi_reader.
select format('vigil_logins is a member of %s', r.rolname)
from pg_auth_members m
join pg_roles r on r.oid = m.roleid
where m.member = 'vigil_logins'::regrole and r.rolname <> 'bi_reader' and r.rolname !~ '^(bi|grafana)_[1-9][0-9]*_'
order by 1;

-- A tenant's login is in bi_reader, in nothing else, and can do nothing as a role.
select format('%s is not what a login of a tenant should be', r.rolname)
from pg_roles r
where r.rolname ~ '^(bi|grafana)_[1-9][0-9]*_'
  and (r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls or r.rolreplication or r.rolconnlimit = -1
    or exists (select from pg_auth_members m where m.member = r.oid and m.roleid <> 'bi_reader'::regrole))
order by 1;
