create or replace function auth.make_login(login text, kind text, verifier text, expires_at timestamptz) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
-- Member of what it makes, in order to see and end its statements; it cannot become it.
set createrole_self_grant = 'inherit'
as $$
begin
  if login !~ '^(bi|grafana)_[1-9][0-9]*_[a-z][a-z0-9_]{0,29}$' or verifier !~ '^SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' then
    raise exception using
      errcode = '22023',
      message = 'the login or what is kept of its password is not of the form for logins of tenants',
      hint = 'api.create_sql_login makes both.';
  end if;
  -- Roles belong to the server: one of another or a past database may have the number and the name of this tenant's.
  if exists (select from pg_roles r where r.rolname = make_login.login) then
    raise exception using
      errcode = '23505',
      message = format('there is a role "%s" on this server already', login),
      hint = 'Choose another name, or ask a DBA to drop the role if it is left from another database.';
  end if;
  execute format('create role %I login nosuperuser nocreaterole nocreatedb connection limit %s password %L valid until %L in role bi_reader',
    login, case when kind = 'grafana' then 20 else 5 end, verifier, coalesce(expires_at, 'infinity'));
  -- Defaults, which a session can change for itself, but for the last. What holds whatever it sets: it may write nowhere, and
  -- auth.end_long_statements ends what runs for longer.
  execute format('alter role %I set default_transaction_read_only = on', login);
  execute format('alter role %I set statement_timeout = %L', login, extract(epoch from auth.login_limit(login))::int || 's');
  execute format('alter role %I set idle_in_transaction_session_timeout = %L', login, '60s');
  execute format('alter role %I set idle_session_timeout = %L', login, '2h');
  execute format('alter role %I set lock_timeout = %L', login, '5s');
  execute format('alter role %I set work_mem = %L', login, case when kind = 'grafana' then '16MB' else '32MB' end);
  execute format('alter role %I set max_parallel_workers_per_gather = 0', login);
  execute format('alter role %I set temp_file_limit = %L', login, case when kind = 'grafana' then '512MB' else '2GB' end);
end
$$;
comment on function auth.make_login(text, text, text, timestamptz) is
'Makes a SQL login in bi_reader with what is kept of its password (auth.scram_verifier): read-only transactions, limits of time, memory, temporary files and connections by kind. Owned by vigil_logins, which may make roles; auth.login says whose it is. 23505 when there is a role of that name, 22023 for another form of name.';
