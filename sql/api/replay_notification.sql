create or replace function api.replay_notification(notification_id bigint) returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_answer jsonb := ops.earlier_answer('replay_notification', jsonb_build_array(notification_id)::text);
  v_row record;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  select n.state, ch.name, ch.enabled and ch.disabled_at is null as is_on
  into v_row
  from alerting.notification n
  join alerting.channel ch on ch.tenant_id = n.tenant_id and ch.channel_id = n.channel_id
  where n.tenant_id = v_tenant_id and n.notification_id = replay_notification.notification_id;
  if not found then
    raise sqlstate 'PT404' using
      message = format('notification %s does not exist', replay_notification.notification_id),
      hint = 'GET /notifications?state=eq.dead lists those that can be tried again.';
  end if;
  if not v_row.is_on then
    raise sqlstate 'PT409' using
      message = format('channel "%s" is turned off', v_row.name),
      hint = 'Turn the channel on first.';
  end if;
  if not alerting.replay_notification(v_tenant_id, replay_notification.notification_id) then
    raise sqlstate 'PT409' using
      message = format('notification %s is not dead', replay_notification.notification_id),
      hint = 'GET /notifications?state=eq.dead lists those that can be tried again.';
  end if;
  return ops.keep_answer('replay_notification', jsonb_build_object('notification_id', replay_notification.notification_id, 'state', 'pending'));
end
$$;
comment on function api.replay_notification(bigint) is
$$Try a dead notification again
With as many attempts as a new one, under the same message id, so that a receiver that has it after all can tell. 404 when there is none of that number, 409 when it is not dead or its channel is turned off.$$;
