create or replace function auth.take_allowance(claims jsonb, class text) returns void
language plpgsql volatile
as $$
declare
  v_tenant_id int := (claims ->> 'tenant_id')::int;
  v_address inet := case when claims is null then auth.client_address() end;
  v_limit record;
  v_taken record;
  v_shown record;
  v_least float8 := 'infinity'::float8;
begin
  for v_limit in
    select distinct on (l.bearer) l.bearer, l.burst, l.per_second
    from auth.rate_limit l
    where l.class = take_allowance.class and (l.tenant_id = v_tenant_id or l.tenant_id is null)
      and l.bearer = any (case when claims is null and v_address is null then '{strangers}' when claims is null then '{address}' when claims ? 'key_id' then '{key,tenant}' else '{user,tenant}' end::text[])
    order by l.bearer, l.tenant_id nulls last
  loop
    -- In shared memory: a request that fails has been counted, and reading needs no transaction that writes.
    select t.allowed, t.remaining, t.retry_after, t.reset_after, v_limit.burst as burst into v_taken
    from vigil_platform.take_token(
      case v_limit.bearer
        when 'address' then pg_catalog.concat_ws('/', 'address', class,
          pg_catalog.network(case when pg_catalog.family(v_address) = 6 then pg_catalog.set_masklen(v_address, 64) else v_address end))
        when 'strangers' then pg_catalog.concat_ws('/', 'strangers', class)
        when 'tenant' then pg_catalog.concat_ws('/', 'tenant', class, v_tenant_id)
        when 'key' then pg_catalog.concat_ws('/', 'key', class, v_tenant_id, claims ->> 'key_id')
        else pg_catalog.concat_ws('/', 'user', class, v_tenant_id, claims ->> 'sub')
      end, v_limit.burst, v_limit.per_second) t;
    if not v_taken.allowed then
      raise sqlstate 'PGRST' using
        message = pg_catalog.json_build_object('code', 'PT429', 'message', case v_limit.bearer when 'strangers' then 'too many requests without a token'
            else pg_catalog.format('too many requests of this %s', v_limit.bearer) end,
          'details', null, 'hint', pg_catalog.format('Wait %s seconds; a DBA sets the rates in auth.rate_limit.', pg_catalog.ceil(v_taken.retry_after))),
        detail = pg_catalog.json_build_object('status', 429, 'status_text', 'Too Many Requests', 'headers', pg_catalog.json_build_object(
          'Retry-After', pg_catalog.ceil(v_taken.retry_after)::text, 'X-RateLimit-Limit', v_limit.burst::text, 'X-RateLimit-Remaining', '0',
          'X-RateLimit-Reset', pg_catalog.ceil(v_taken.reset_after)::text,
          'X-Correlation-ID', auth.correlation_id()));
    end if;
    if v_taken.remaining < v_least then
      v_shown := v_taken;
      v_least := v_taken.remaining;
    end if;
  end loop;
  if v_least < float8 'infinity' then
    perform pg_catalog.set_config('response.headers',
      (pg_catalog.current_setting('response.headers', true)::jsonb || pg_catalog.jsonb_build_array(
        pg_catalog.jsonb_build_object('X-RateLimit-Limit', v_shown.burst::text),
        pg_catalog.jsonb_build_object('X-RateLimit-Remaining', pg_catalog.floor(v_shown.remaining)::text),
        pg_catalog.jsonb_build_object('X-RateLimit-Reset', pg_catalog.ceil(v_shown.reset_after)::text)))::text, true);
  end if;
end
$$;
comment on function auth.take_allowance(jsonb, text) is
'Counts a request of a class against the limits in auth.rate_limit of its bearer: the user or key and the tenant, and without claims the network address, or strangers as a whole where that is not known. The answer says the scarcest in X-RateLimit-Limit, -Remaining and -Reset (seconds until full). 429 with Retry-After when one is used up.';
