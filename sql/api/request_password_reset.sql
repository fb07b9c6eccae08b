create or replace function api.request_password_reset(email text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform auth.request_reset(request_password_reset.email);
  return jsonb_build_object('requested', true);
end
$$;
comment on function api.request_password_reset(text) is
$$Ask for a link to choose a new password
Sent by mail if there is such an account; the answer is the same, and as fast, if there is none. The link is good for an hour, once. One a minute.$$;
