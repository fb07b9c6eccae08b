create or replace function auth.take_allowance(claims jsonb, class text) returns void
language plpgsql volatile
as $$
declare
  v_tenant_id int := (claims ->> 'tenant_id')::int;
  v_address inet := case when claims is null then auth.client_address() end;
  v_scarcest record;
begin
  -- In shared memory: a request that fails has been counted, and reading needs no transaction that writes.
  select l.bearer, l.burst, t.allowed, t.remaining, pg_catalog.ceil(t.retry_after) as retry_after, pg_catalog.ceil(t.reset_after) as reset_after
  into v_scarcest
  from (
    select distinct on (r.bearer) r.bearer, r.burst, r.per_second
    from auth.rate_limit r
    where r.class = take_allowance.class and (r.tenant_id = v_tenant_id or r.tenant_id is null)
      and r.bearer = any (case
        when claims ? 'key_id' then '{key,tenant}' when claims is not null then '{user,tenant}'
        when v_address is not null then '{address}' else '{strangers}' end::text[])
    order by r.bearer, r.tenant_id nulls last) l
  cross join lateral vigil_platform.take_token(
    case l.bearer
      when 'user' then pg_catalog.concat_ws('/', 'user', class, v_tenant_id, claims ->> 'sub')
      when 'key' then pg_catalog.concat_ws('/', 'key', class, v_tenant_id, claims ->> 'key_id')
      when 'tenant' then pg_catalog.concat_ws('/', 'tenant', class, v_tenant_id)
      when 'address' then pg_catalog.concat_ws('/', 'address', class,
        pg_catalog.network(case when pg_catalog.family(v_address) = 6 then pg_catalog.set_masklen(v_address, 64) else v_address end))
      else pg_catalog.concat_ws('/', 'strangers', class)
    end, l.burst, l.per_second) t
  order by t.allowed, t.remaining
  limit 1;
  if not found then
    return;
  end if;
  if not v_scarcest.allowed then
    raise sqlstate 'PGRST' using
      message = pg_catalog.json_build_object('code', 'PT429', 'message',
        case v_scarcest.bearer when 'strangers' then 'too many requests without a token'
          else pg_catalog.format('too many requests of this %s', v_scarcest.bearer) end,
        'details', null, 'hint', pg_catalog.format('Wait %s seconds; a DBA sets the rates in auth.rate_limit.', v_scarcest.retry_after)),
      detail = pg_catalog.json_build_object('status', 429, 'status_text', 'Too Many Requests', 'headers', pg_catalog.json_build_object(
        'Retry-After', v_scarcest.retry_after::text, 'X-RateLimit-Limit', v_scarcest.burst::text, 'X-RateLimit-Remaining', '0',
        'X-RateLimit-Reset', v_scarcest.reset_after::text, 'X-Correlation-ID', auth.correlation_id()));
  end if;
  -- More of the list that auth.check_request began.
  perform pg_catalog.set_config('response.headers', pg_catalog.concat(
    pg_catalog.rtrim(pg_catalog.current_setting('response.headers', true), ']'), ',{"X-RateLimit-Limit": "', v_scarcest.burst,
    '"},{"X-RateLimit-Remaining": "', pg_catalog.floor(v_scarcest.remaining), '"},{"X-RateLimit-Reset": "', v_scarcest.reset_after, '"}]'), true);
end
$$;
comment on function auth.take_allowance(jsonb, text) is
'Counts a request of a class against the limits in auth.rate_limit of its bearer: the user or key and the tenant, and without claims the network address, or strangers as a whole where that is not known. The answer says the scarcest in X-RateLimit-Limit, -Remaining and -Reset (seconds until full). 429 with Retry-After when one is used up.';
