create or replace function auth.store_password(account uuid, hash text, keep_session uuid default null) returns int
language plpgsql volatile
as $$
begin
  update auth.account a
  set password_hash = hash, password_changed_at = pg_catalog.clock_timestamp()
  where a.account_id = account;
  update auth.one_time_token k
  set used_at = pg_catalog.clock_timestamp()
  where k.account_id = account and k.used_at is null and k.purpose in ('reset', 'setup');
  return auth.end_sessions(account, 'password', keep_session);
end
$$;
comment on function auth.store_password(uuid, text, uuid) is
'Gives an account a new password: links to choose one end, and so do its sessions but one. Returns how many sessions.';
