create or replace function auth.attempt_buckets(email text) returns bytea[]
language sql stable
as $$
  select pg_catalog.array_agg(b.bucket order by b.bucket)
  from (
    select pg_catalog.sha256(pg_catalog.convert_to('email ' || coalesce(attempt_buckets.email, ''), 'UTF8')) as bucket
    union all
    select pg_catalog.sha256(pg_catalog.convert_to('address ' || pg_catalog.network(
      pg_catalog.set_masklen(a.address, case pg_catalog.family(a.address) when 4 then 32 else 64 end)), 'UTF8'))
    from (select auth.client_address() as address) a
    where a.address is not null
  ) b
$$;
comment on function auth.attempt_buckets(text) is
'Under what failed logins are counted: the email that was typed, and the network address of the request where it is known. In one order, so that two requests do not wait for each other.';
