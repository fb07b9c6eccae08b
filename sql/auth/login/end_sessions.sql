create or replace function auth.end_sessions(account uuid, because text, but uuid default null, tenant int default null) returns int
language sql volatile
as $$
  with ended as (
    update auth.session s
    set revoked_at = pg_catalog.clock_timestamp(), revoked_because = because
    where s.account_id = account and s.revoked_at is null and s.expires_at > pg_catalog.clock_timestamp()
      and s.session_id is distinct from but and (tenant is null or s.current_tenant_id = tenant)
    returning s.session_id
  )
  select pg_catalog.count(*)::int from ended e
$$;
comment on function auth.end_sessions(uuid, text, uuid, int) is
'Revokes the sessions of an account, all or those that are in a tenant now, but for one. Their tokens end with the next request. Returns how many.';
