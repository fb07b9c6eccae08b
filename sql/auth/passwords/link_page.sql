create or replace function auth.link_page(token text, problem text default null) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_link record;
begin
  select l.account_id, l.purpose, l.tenant, l.email, l.display_name, l.has_password into v_link from auth.link_of(link_page.token) l;
  if v_link.account_id is null then
    return null;
  elsif v_link.purpose = 'invite' then
    return auth.password_page('Join ' || v_link.tenant,
      coalesce(problem, case when v_link.has_password then 'Accept with the password of your account.' else 'Choose a password of at least 15 characters, such as a sentence.' end),
      link_page.token, v_link.email, case when not v_link.has_password then v_link.display_name end, not v_link.has_password);
  end if;
  return auth.password_page('Choose a new password', coalesce(problem, 'At least 15 characters, such as a sentence. Everywhere else you will be logged out.'),
    link_page.token, v_link.email);
end
$$;
comment on function auth.link_page(text, text) is
'The page behind a link to choose a password, with what was wrong with the last try; null for a link that is not valid. Owned by vigil_auth.';
