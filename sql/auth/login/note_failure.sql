create or replace function auth.note_failure(email text) returns void
language sql volatile
as $$
  with bucket as (
    select b.bucket, b.bucket = pg_catalog.sha256(pg_catalog.convert_to('email ' || coalesce(note_failure.email, ''), 'UTF8')) as is_email
    from pg_catalog.unnest(auth.attempt_buckets(note_failure.email)) b (bucket)
  ),
  -- Many people may be behind one address.
  bound as (
    select b.bucket, case when b.is_email then 5 else 20 end as free from bucket b
  )
  insert into auth.login_attempt as a (bucket_sha256, failures)
  select b.bucket, 1 from bound b order by b.bucket
  on conflict (bucket_sha256) do update
  set failures = case when a.last_failure_at < excluded.last_failure_at - interval '1 hour' then 1 else a.failures + 1 end,
    last_failure_at = excluded.last_failure_at,
    locked_until = excluded.last_failure_at + (
      select pg_catalog.make_interval(secs => least(900, 2 ^ least(a.failures + 1 - b.free, 20)))
      from bound b
      where b.bucket = a.bucket_sha256 and a.failures + 1 >= b.free and a.last_failure_at >= excluded.last_failure_at - interval '1 hour')
$$;
comment on function auth.note_failure(text) is
'Counts a failed login with an email from the address of the request. From the 5th of an email on, and the 20th of an address, the next must wait: 1 second, then twice as long each time, up to 15 minutes. An hour without one begins anew.';
