create or replace view api.delivery_attempts with (security_invoker = true) as
select a.notification_id, a.attempt, a.ended_at, a.worker, a.outcome, a.status, a.detail
from alerting.delivery_attempt a;
comment on view api.delivery_attempts is
$$How each attempt at a notification ended
delivered, retry (it is tried again), permanent, gone (the receiver is no more, and its channel is turned off) or lost (the worker vanished). status is the receiver's, detail the worker's own words.$$;
