create or replace function alerting.throttles(kind text) returns jsonb
language sql immutable parallel safe
as $$
  select case kind
    when 'sms' then '[{"count": 1, "seconds": 60}, {"count": 5, "seconds": 900}, {"count": 11, "seconds": 3600}, {"count": 21, "seconds": 10800}]'
    when 'email' then '[{"count": 6, "seconds": 60}, {"count": 30, "seconds": 3600}]'
    when 'slack' then '[{"count": 20, "seconds": 60}, {"count": 200, "seconds": 3600}]'
    when 'teams' then '[{"count": 20, "seconds": 60}, {"count": 90, "seconds": 3600}]'
    when 'pagerduty' then '[{"count": 100, "seconds": 60}]'
    else '[]' end::jsonb
$$;
comment on function alerting.throttles(text) is
'How many messages one recipient gets at most over a channel of a kind that has no throttle of its own: a list of {count, seconds}, all of which hold. People are protected as GoAlert does it for text messages; Slack, Teams and PagerDuty get no more than they take. Webhooks are not throttled.';
