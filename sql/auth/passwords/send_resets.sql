create or replace function auth.send_resets() returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account record;
  v_sent bigint := 0;
begin
  -- Who waits for so long has asked again.
  delete from auth.reset_request r where r.requested_at < clock_timestamp() - interval '1 hour';
  for v_account in
    with asked as (
      delete from auth.reset_request r returning r.email
    )
    update auth.account a
    set reset_sent_at = clock_timestamp()
    where a.email in (select k.email from asked k) and a.active and coalesce(a.reset_sent_at < clock_timestamp() - interval '1 minute', true)
    returning a.account_id, a.email, a.display_name, a.language
  loop
    perform alerting.tell_account(v_account.account_id, v_account.email, v_account.language, 'account.reset',
      jsonb_build_object('recipient', jsonb_build_object('name', v_account.display_name)));
    perform auth.record_visit(v_account.account_id, 'request_password_reset');
    v_sent := v_sent + 1;
  end loop;
  return v_sent;
end
$$;
comment on function auth.send_resets() is
'Orders links for those who asked for a new password and have an account, one a minute at most. Returns how many. Run by the job password_resets. Owned by vigil_auth.';
