create or replace function auth.request_header(name text) returns text
language sql stable security invoker
as $$
  select nullif(pg_catalog.current_setting('request.headers', true), '')::json ->> name
$$;
comment on function auth.request_header(text) is
'A header of the current HTTP request by its name in lower case; null where the request has none, or there is no request. Any SQL user can set it: nothing may be allowed because of it.';
