create or replace function api.drop_sql_login(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('drop_sql_login', to_jsonb(name)::text);
  v_login text;
begin
  perform auth.refuse_key();
  if v_answer is not null then
    return v_answer;
  end if;
  delete from auth.login l
  where l.tenant_id = v_tenant_id and l.name = drop_sql_login.name and l.kind <> 'other'
  returning l.login_name into v_login;
  if not found then
    raise sqlstate 'PT404' using
      message = format('there is no SQL login "%s"', left(drop_sql_login.name, 100)),
      hint = 'GET /sql_logins lists them.';
  end if;
  perform auth.remove_login(v_login);
  return ops.keep_answer('drop_sql_login', jsonb_build_object('name', drop_sql_login.name, 'login', v_login));
end
$$;
comment on function api.drop_sql_login(text) is
$$Drop a SQL login
Its sessions end at once. Answers {name, login}.$$;
