create or replace function alerting.tell_account(account uuid, address text, language text, type text, data jsonb) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into alerting.notification (tenant_id, channel_id, purpose, target, address, language, severity, priority, message_id, thread_id, sequence,
    payload, state, max_attempts)
  select c.tenant_id, c.channel_id, 'account', 'account:' || account, tell_account.address, tell_account.language, 'low', 20,
    'msg_' || i.id, 'account-' || i.id, (extract(epoch from clock_timestamp()) * 1000000)::bigint,
    jsonb_build_object('type', tell_account.type, 'timestamp', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'data', data)::text,
    -- Whoever waits to get in asks again before the third.
    'pending', case tell_account.type when 'account.reset' then 3 else alerting.max_attempts('email', 'account') end
  from alerting.account_channel() c
  cross join (select replace(gen_random_uuid()::text, '-', '') as id) i;
  perform pg_notify('vigil_notification', '');
end
$$;
comment on function alerting.tell_account(uuid, text, text, text, jsonb) is
'Orders a message to a person about their account: account.invite or account.reset. Its link gets a token when a worker claims it. PT409 without the channel for it. Owned by vigil_jobs.';
