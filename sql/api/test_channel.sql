create or replace function api.test_channel(name text, address text default null) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('test_channel', jsonb_build_array(name, address)::text);
  v_channel alerting.channel;
  v_problem text;
  v_notification_id bigint;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  v_channel := alerting.find_channel(v_tenant_id, test_channel.name);
  if not v_channel.enabled or v_channel.disabled_at is not null then
    raise sqlstate 'PT409' using
      message = format('channel "%s" is disabled', test_channel.name),
      hint = 'Turn it on with POST /rpc/enable_channel.';
  end if;
  if test_channel.address is not null then
    v_problem := format('address "%s" %s', left(test_channel.address, 100), alerting.address_problem(v_channel.kind, test_channel.address));
    if alerting.address_problem(v_channel.kind, test_channel.address) is not null then
      raise exception using
        errcode = '22023',
        message = v_problem,
        hint = 'Leave address out to use the channel''s own.';
    end if;
  elsif v_channel.kind in ('email', 'sms') and not v_channel.config ? 'to' then
    raise exception using
      errcode = '22023',
      message = format('channel "%s" has no recipient of its own', test_channel.name),
      hint = 'Give an address.';
  end if;
  insert into alerting.notification (tenant_id, channel_id, purpose, target, address, language, severity, priority, message_id, thread_id, sequence, payload, state, max_attempts)
  select v_tenant_id, v_channel.channel_id, 'test', 'channel:' || v_channel.channel_id, test_channel.address, v_channel.language, 'low', 10,
    'msg_' || i.id, 'test-' || i.id, (extract(epoch from clock_timestamp()) * 1000000)::bigint,
    jsonb_build_object(
      'type', 'channel.test',
      'timestamp', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'data', jsonb_build_object('tenant', t.name, 'channel', v_channel.name, 'requested_by', auth.subject()))::text,
    'pending', 1
  from fleet.tenant t
  cross join (select replace(gen_random_uuid()::text, '-', '') as id) i
  where t.tenant_id = v_tenant_id
  returning notification_id into v_notification_id;
  -- A hint only: the worker polls as well.
  perform pg_notify('vigil_notification', '');
  return ops.keep_answer('test_channel', jsonb_build_object('notification_id', v_notification_id));
end
$$;
comment on function api.test_channel(text, text) is
$$Send a test message over a channel
To an address, or to the channel's own receivers. It is tried once; GET /notifications says by the notification_id of the answer how that went.$$;
