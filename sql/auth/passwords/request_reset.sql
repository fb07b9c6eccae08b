create or replace function auth.request_reset(email text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform alerting.account_channel();
  insert into auth.reset_request (email) values (left(lower(btrim(coalesce(request_reset.email, ''))), 320));
end
$$;
comment on function auth.request_reset(text) is
'Notes that somebody wants to choose a new password. Whether there is such an account is found out by auth.send_resets, so that nobody learns it here, nor by the time it takes. PT409 without a channel for it. Owned by vigil_auth.';
