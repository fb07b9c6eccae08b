create or replace function api.set_password(token text, password text, display_name text default null) returns api."text/html"
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb;
  v_problem text;
begin
  perform alerting.link_headers();
  begin
    v_answer := auth.choose_password(token, password, display_name);
    v_problem := v_answer ->> 'message';
  exception
    when invalid_parameter_value or sqlstate 'PT404' then
      v_problem := sqlerrm;
      perform set_config('response.status', case sqlstate when 'PT404' then '404' else '400' end, true);
  end;
  if v_problem is null then
    return auth.password_page('Done. You can log in now.', v_answer ->> 'email');
  end if;
  v_problem := upper(left(v_problem, 1)) || substr(v_problem, 2) || '.';
  return coalesce(auth.link_page(token, v_problem), auth.password_page('This link is not valid, was used, or has expired'));
end
$$;
comment on function api.set_password(text, text, text) is
$$Choose a password on the page behind a link
What the form of GET /rpc/set_password_page sends: as POST /rpc/reset_password or /rpc/accept_invite, with a page as the answer.$$;
