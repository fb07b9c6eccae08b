create or replace function alerting.release_notifications(worker text) returns int
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_released int;
begin
  update alerting.notification n
  set state = 'pending', attempt = n.attempt - 1, claimed_by = null, lease_until = null
  where n.state = 'claimed' and n.claimed_by = release_notifications.worker;
  get diagnostics v_released = row_count;
  return v_released;
end
$$;
comment on function alerting.release_notifications(text) is
'Gives back the claims a worker has not sent, so that another need not wait for the lease. The attempts do not count. Returns how many.';
