create or replace function alerting.replay_notification(tenant int, notification bigint) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update alerting.notification n
  set state = 'pending', base_attempt = n.attempt, next_attempt_at = clock_timestamp(), waiting_since = clock_timestamp()
  where n.tenant_id = replay_notification.tenant and n.notification_id = replay_notification.notification and n.state = 'dead';
  if found then
    perform pg_notify('vigil_notification', '');
  end if;
  return found;
end
$$;
comment on function alerting.replay_notification(int, bigint) is
'Makes a dead notification due again, with as many attempts and the same waiting times as a new one, under the same message id. False when the tenant has no such dead notification.';
