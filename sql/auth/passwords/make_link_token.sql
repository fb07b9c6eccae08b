create or replace function auth.make_link_token(target text, payload text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_payload jsonb := payload::jsonb;
  v_is_invite boolean := v_payload ->> 'type' = 'account.invite';
  v_token text := vigil_platform.random_token(32);
begin
  insert into auth.one_time_token (token_sha256, account_id, purpose, invited_to, expires_at)
  select auth.token_sha256(v_token), a.account_id, case when v_is_invite then 'invite' else 'reset' end, m.tenant_id,
    clock_timestamp() + case when v_is_invite then interval '7 days' else interval '1 hour' end
  from auth.account a
  left join auth.membership m on v_is_invite and m.account_id = a.account_id and m.tenant_id = (v_payload -> 'data' ->> 'tenant_id')::int
  where a.account_id::text = substr(target, length('account:') + 1) and (m.tenant_id is not null or not v_is_invite);
  return case when found then v_token end;
end
$$;
comment on function auth.make_link_token(text, text) is
'The token of the link in a message to an account, made when a worker has it in hand: new for each attempt, so that the outbox holds none. Good for a week in invitations, for an hour otherwise. Null when the account or the invitation is gone. Owned by vigil_auth.';
