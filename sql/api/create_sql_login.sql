create or replace function api.create_sql_login(name text, kind text default 'bi', expires_at timestamptz default null) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_login text;
  -- Two random UUIDs: 244 random bits.
  v_password text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
begin
  perform auth.refuse_key();
  if coalesce(create_sql_login.kind, '') not in ('bi', 'grafana') then
    raise exception using
      errcode = '22023',
      message = 'the kind of login is bi or grafana',
      hint = 'bi: few connections, statements of up to 2 minutes; grafana: 20 connections, statements of up to 30 seconds.';
  end if;
  if coalesce(create_sql_login.name, '') !~ '^[a-z][a-z0-9_]{0,29}$' then
    raise exception using
      errcode = '22023',
      message = 'the name is not usable',
      hint = 'Up to 30 lower-case letters, digits and _, a letter first.';
  end if;
  if create_sql_login.expires_at <= now() then
    raise exception using
      errcode = '22023',
      message = 'the login would have expired already',
      hint = 'Give a time to come, or leave expires_at out.';
  end if;
  if exists (select from auth.login l where l.tenant_id = v_tenant_id and l.name = create_sql_login.name) then
    raise exception using
      errcode = '23505',
      message = format('there is a SQL login "%s" already', create_sql_login.name),
      hint = 'Choose another name, or drop it first with POST /rpc/drop_sql_login.';
  end if;
  if (select count(*) >= 10 from auth.login l where l.tenant_id = v_tenant_id and l.kind <> 'other') then
    raise sqlstate 'PT403' using
      message = 'a tenant has at most 10 SQL logins',
      hint = 'Drop one that is no longer used with POST /rpc/drop_sql_login.';
  end if;
  v_login := format('%s_%s_%s', create_sql_login.kind, v_tenant_id, create_sql_login.name);
  perform auth.make_login(v_login, create_sql_login.kind,
    auth.scram_verifier(v_password, decode(replace(gen_random_uuid()::text, '-', ''), 'hex')), create_sql_login.expires_at);
  insert into auth.login (login_name, tenant_id, kind, name, created_by, expires_at)
  values (v_login, v_tenant_id, create_sql_login.kind, create_sql_login.name, auth.subject(), create_sql_login.expires_at);
  -- Neither there nor under an Idempotency-Key is the password kept.
  perform audit.record(v_tenant_id, 'create_sql_login', jsonb_build_object('login', v_login, 'kind', create_sql_login.kind,
    'expires_at', create_sql_login.expires_at));
  return jsonb_build_object('name', create_sql_login.name, 'login', v_login, 'password', v_password, 'database', current_database(),
    'expires_at', create_sql_login.expires_at);
end
$$;
comment on function api.create_sql_login(text, text, timestamptz) is
$$Make a SQL login for a BI tool or Grafana
Answers {name, login, password, database, expires_at}. The password is shown this once and kept nowhere. The login reads what a viewer reads, of this tenant, in read-only transactions; statements end after 2 minutes (bi) or 30 seconds (grafana), whatever the session sets. At most 10 a tenant.$$;
