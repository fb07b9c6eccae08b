create or replace function api.delete_channel(name text) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('delete_channel', jsonb_build_array(name)::text);
  v_channel alerting.channel;
  v_user text;
  v_suppressed int;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  v_channel := alerting.find_channel(v_tenant_id, delete_channel.name);
  select min(p.name) into v_user
  from alerting.escalation_target t
  join alerting.escalation_policy p on p.tenant_id = t.tenant_id and p.policy_id = t.policy_id
  where t.tenant_id = v_tenant_id and t.channel_id = v_channel.channel_id;
  if v_user is not null then
    raise sqlstate 'PT409' using
      message = format('escalation policy "%s" tells channel "%s"', v_user, delete_channel.name),
      hint = 'Take the channel out of the policy first, or turn it off with POST /rpc/disable_channel.';
  end if;
  select min(p.name) into v_user
  from alerting.contact_method m
  join alerting.person p on p.tenant_id = m.tenant_id and p.person_id = m.person_id
  where m.tenant_id = v_tenant_id and m.channel_id = v_channel.channel_id;
  if v_user is not null then
    raise sqlstate 'PT409' using
      message = format('"%s" is reached over channel "%s"', v_user, delete_channel.name),
      hint = 'Give the person another contact method first, or turn the channel off with POST /rpc/disable_channel.';
  end if;
  -- The balance of messages knows of each that was raised how it ended.
  update alerting.notification n
  set state = 'suppressed', reason = 'channel_off'
  where n.tenant_id = v_tenant_id and n.channel_id = v_channel.channel_id and n.state in ('held', 'pending');
  get diagnostics v_suppressed = row_count;
  if exists (
    select from alerting.notification n
    where n.tenant_id = v_tenant_id and n.channel_id = v_channel.channel_id and n.state = 'claimed') then
    raise sqlstate 'PT409' using
      message = format('messages to channel "%s" are being sent just now', delete_channel.name),
      hint = 'Turn it off with POST /rpc/disable_channel, and remove it a minute later.';
  end if;
  delete from alerting.channel c where c.tenant_id = v_tenant_id and c.channel_id = v_channel.channel_id;
  return ops.keep_answer('delete_channel', jsonb_build_object('deleted', delete_channel.name, 'suppressed', v_suppressed));
end
$$;
comment on function api.delete_channel(text) is
$$Remove a channel
With its messages; those that were waiting are suppressed first, and counted in the answer. 409 while a policy tells it, a person is reached over it, or a message is being sent.$$;
