create or replace function alerting.url_problem(url text, allow_http boolean) returns text
language sql immutable parallel safe
as $$
  select case
    when url is null or url !~ '^https?://[^[:space:][:cntrl:]@/?#\\]+([/?#][^[:space:][:cntrl:]]*)?$'
      then 'is no URL such as https://host/path, without a user'
    when pg_catalog.length(url) > 2000 then 'is longer than 2000 characters'
    when url like 'http:%' and not coalesce(allow_http, false) then 'is not https'
  end
$$;
comment on function alerting.url_problem(text, boolean) is
'What is wrong with the URL of a receiver, such as ''is not https''; null when it can be used. Whether the host may be reached is decided by the worker, which sees its address.';
