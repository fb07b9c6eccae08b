create or replace function alerting.settle_notification(
  notification_id bigint, attempt int, outcome text, status int, detail text, retry_after interval
) returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
begin
  if outcome is null or outcome not in ('delivered', 'retry', 'permanent') then
    raise exception using
      errcode = '22023',
      message = format('unknown outcome "%s"', outcome),
      hint = 'Use delivered, retry or permanent.';
  end if;

  update alerting.notification n
  set state = case
        when outcome = 'delivered' then 'delivered'
        when outcome = 'permanent' or n.attempt >= n.max_attempts then 'dead'
        else 'pending'
      end,
    delivered_at = case when outcome = 'delivered' then clock_timestamp() end,
    -- A fifth of jitter either way keeps a recovering receiver from being hit by everything at once.
    -- A receiver may ask for more time, up to an hour; least() would take a missing wish for that hour.
    next_attempt_at = case when outcome = 'retry'
      then clock_timestamp() + greatest(alerting.retry_delay(n.attempt) * (0.8 + 0.4 * random()),
        case when retry_after is not null then least(retry_after, interval '1 hour') end)
      else n.next_attempt_at end,
    claimed_by = null,
    lease_until = null,
    last_status = status,
    last_detail = left(detail, 500)
  where n.notification_id = settle_notification.notification_id
    and n.state = 'claimed' and n.attempt = settle_notification.attempt;
  return found;
end
$$;
comment on function alerting.settle_notification(bigint, int, text, int, text, interval) is
'Records how an attempt ended: delivered, retry (again later, dead after the last attempt) or permanent (dead). False when the claim is no longer the caller''s, because its lease ran out and another attempt began.';
