create or replace function auth.end_long_statements() returns bigint
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select count(pg_terminate_backend(a.pid))
  from pg_stat_activity a
  join pg_roles r on r.oid = a.usesysid
  -- What it did not make it could not end.
  where pg_has_role('vigil_logins', r.oid, 'usage') and a.usename ~ '^(bi|grafana)_[1-9][0-9]*_'
    and (a.state = 'active' and a.query_start < clock_timestamp() - auth.login_limit(a.usename::text) - interval '5 seconds'
      -- A transaction that stays open keeps dead rows from being removed, whatever it does.
      or a.xact_start < clock_timestamp() - interval '15 minutes'
      or r.rolvaliduntil < clock_timestamp())
$$;
comment on function auth.end_long_statements() is
'Ends sessions of tenants'' SQL logins whose statement runs for more than 5 seconds beyond auth.login_limit, whose transaction is open for 15 minutes, or whose login has expired: a session may set statement_timeout as it likes. The job logins does this every 15 seconds. Returns how many. Owned by vigil_logins, which sees and ends statements of no other role.';
