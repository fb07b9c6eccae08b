create or replace function auth.refuse_waiting(email text) returns void
language plpgsql volatile
as $$
declare
  v_buckets bytea[] := auth.attempt_buckets(email);
  v_wait float8;
  v_taken record;
begin
  select extract(epoch from max(a.locked_until) - pg_catalog.clock_timestamp()) into v_wait
  from auth.login_attempt a
  where a.bucket_sha256 = any (v_buckets);
  if coalesce(v_wait, 0) <= 0 then
    -- What is under way has not failed yet. Counted in shared memory, so that many guesses at once are no way around.
    select t.allowed, t.retry_after into v_taken
    from vigil_platform.take_token('guess/' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(coalesce(email, ''), 'UTF8')), 'hex'), 50, 5) t;
    v_wait := case when not v_taken.allowed then v_taken.retry_after end;
  end if;
  if v_wait > 0 then
    v_wait := greatest(pg_catalog.ceil(v_wait), 1);
    raise sqlstate 'PGRST' using
      message = pg_catalog.json_build_object('code', 'PT429', 'message', 'too many failed logins', 'details', null,
        'hint', pg_catalog.format('Wait %s seconds; the right password does not help before.', v_wait)),
      detail = pg_catalog.json_build_object('status', 429, 'status_text', 'Too Many Requests', 'headers', pg_catalog.json_build_object(
        'Retry-After', v_wait::text, 'Cache-Control', 'no-store', 'X-Correlation-ID', auth.correlation_id()));
  end if;
end
$$;
comment on function auth.refuse_waiting(text) is
'429 with Retry-After while logins with an email, or from the address of the request, must wait after failures (auth.login_attempt), and for more than 50 attempts at once. The same for emails that nobody has.';
