create or replace function api.set_password_page(token text) returns api."text/html"
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_page text := auth.link_page(token);
begin
  perform alerting.link_headers();
  if v_page is null then
    perform set_config('response.status', '404', true);
  end if;
  return coalesce(v_page, auth.password_page('This link is not valid, was used, or has expired'));
end
$$;
comment on function api.set_password_page(text) is
$$The page behind a link to choose a password
A form that POST /rpc/set_password takes. Opening it changes nothing, since mail filters open links too. 404 for a link that is not valid.$$;
