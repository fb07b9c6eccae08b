create or replace function auth.correlation_id() returns text
language sql stable security invoker
as $$
  select nullif(pg_catalog.current_setting('request.correlation_id', true), '')
$$;
comment on function auth.correlation_id() is
'What the current HTTP request and everything it brings about are known by: its X-Correlation-ID, or the one that auth.check_request made for it. Null when there is no request.';
