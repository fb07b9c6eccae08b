create or replace function auth.take_allowance(bearer text, tenant int, name text) returns void
language plpgsql volatile
as $$
declare
  -- In shared memory: a request that fails has been counted, and reading needs no transaction that writes.
  v_answer jsonb := vigil_platform.count_request(bearer, tenant, name);
begin
  if v_answer is null then
    return;
  end if;
  if v_answer ? 'unknown' then
    perform vigil_platform.learn_limits(take_allowance.bearer, take_allowance.tenant, auth.limits_of(v_answer ->> 'unknown', take_allowance.bearer, take_allowance.tenant));
    v_answer := vigil_platform.count_request(bearer, tenant, name);
  end if;
  if v_answer is not null then
    raise sqlstate 'PGRST' using
      message = pg_catalog.json_build_object('code', 'PT429', 'message',
        case v_answer ->> 'bearer' when 'strangers' then 'too many requests without a token'
          else pg_catalog.format('too many requests of this %s', v_answer ->> 'bearer') end,
        'details', null, 'hint', pg_catalog.format('Wait %s seconds; a DBA sets the rates in auth.rate_limit.', v_answer ->> 'retry_after')),
      detail = pg_catalog.json_build_object('status', 429, 'status_text', 'Too Many Requests', 'headers', pg_catalog.json_build_object(
        'Retry-After', v_answer ->> 'retry_after', 'X-RateLimit-Limit', v_answer ->> 'burst', 'X-RateLimit-Remaining', '0',
        'X-RateLimit-Reset', v_answer ->> 'reset_after', 'X-Correlation-ID', auth.correlation_id()));
  end if;
end
$$;
comment on function auth.take_allowance(text, int, text) is
'Counts the current request against the limits in auth.rate_limit of its bearer: a user or key (by name) and the tenant, or, with tenant 0, a network address, or strangers as a whole. The answer says the scarcest in X-RateLimit-Limit, -Remaining and -Reset (seconds until full). A changed limit holds within two seconds. 429 with Retry-After when one is used up.';
