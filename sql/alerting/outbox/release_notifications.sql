create or replace function alerting.release_notifications(worker text) returns int
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_released int;
begin
  with released as (
    update alerting.notification n
    set state = 'pending', attempt = n.attempt - 1, claimed_by = null, lease_until = null
    where n.state = 'claimed' and n.claimed_by = release_notifications.worker
    returning n.tenant_id, n.channel_id
  ),
  -- What tried whether a channel works again has not found out.
  tried as (
    update alerting.channel ch
    set probe_until = null
    from (select distinct r.tenant_id, r.channel_id from released r) r
    where ch.tenant_id = r.tenant_id and ch.channel_id = r.channel_id and ch.probe_until is not null
  )
  select count(*) into v_released from released;
  return v_released;
end
$$;
comment on function alerting.release_notifications(text) is
'Gives back the claims a worker has not sent, so that another need not wait for the lease. The attempts do not count. Returns how many.';
