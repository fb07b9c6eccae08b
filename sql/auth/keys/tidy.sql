create or replace function auth.tidy() returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_removed bigint;
  v_rows bigint;
begin
  -- What ended is known for a week, to whoever asks what happened.
  delete from auth.session s
  where s.expires_at < clock_timestamp() - interval '7 days' or s.revoked_at < clock_timestamp() - interval '7 days'
    or s.kind = 'issued' and s.expires_at < clock_timestamp() - interval '1 hour';
  get diagnostics v_removed = row_count;
  -- Used ones stay as long as their session, to be known when they come again.
  update auth.refresh_token r
  set successor_sealed = null
  where r.successor_sealed is not null and r.used_at < clock_timestamp() - interval '10 seconds';
  delete from auth.one_time_token k where k.expires_at < clock_timestamp();
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  delete from auth.login_attempt a
  where a.last_failure_at < clock_timestamp() - interval '1 hour' and coalesce(a.locked_until < clock_timestamp(), true);
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  with used as (
    select k.tenant_id, k.api_key_id, max(vigil_platform.bucket_used_at(concat_ws('/', 'key', c.class, k.tenant_id, k.api_key_id))) as at
    from auth.api_key k
    cross join unnest('{read,write,ingest}'::text[]) c (class)
    where k.revoked_at is null
    group by k.tenant_id, k.api_key_id
  )
  update auth.api_key k
  set last_used_at = u.at
  from used u
  where k.tenant_id = u.tenant_id and k.api_key_id = u.api_key_id and u.at > coalesce(k.last_used_at, '-infinity');
  return v_removed;
end
$$;
comment on function auth.tidy() is
'Removes sessions a week after their end, links that have expired and failed logins that count no more, and copies from shared memory when API keys were last used. Returns how many rows it removed. Run by the job sessions. Owned by vigil_auth.';
