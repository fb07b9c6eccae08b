create or replace function auth.endpoint_class(method text, path text) returns text
language sql immutable
as $$
  select case
    when path in ('/rpc/login', '/rpc/refresh', '/rpc/accept_invite', '/rpc/reset_password', '/rpc/set_password_page', '/rpc/set_password') then 'login'
    when path = '/rpc/request_password_reset' then 'reset'
    when path = '/rpc/ingest' then 'ingest'
    when method in ('GET', 'HEAD', 'OPTIONS') then 'read'
    else 'write'
  end
$$;
comment on function auth.endpoint_class(text, text) is
'The class of a request in auth.rate_limit: login and reset for what takes no token, ingest, read, or write for the rest.';
