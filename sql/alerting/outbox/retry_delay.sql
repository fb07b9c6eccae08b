create or replace function alerting.retry_delay(kind text, purpose text, attempt int) returns interval
language sql immutable parallel safe
as $$
  select case when purpose = 'page' and kind in ('slack', 'teams', 'pagerduty', 'sms')
    then (array['2 seconds', '10 seconds', '30 seconds', '60 seconds', '120 seconds']::interval[])[least(greatest(attempt, 1), 5)]
    else (array['5 seconds', '5 minutes', '30 minutes', '2 hours', '5 hours', '10 hours', '14 hours', '20 hours', '24 hours']::interval[])
      [least(greatest(attempt, 1), 9)]
  end
$$;
comment on function alerting.retry_delay(text, text, int) is
'The longest wait after a failed attempt, counted from 1; the wait itself is drawn from between a second and it. Pages over chat, PagerDuty and sms have seconds to minutes, so that escalation takes over; all else follows the example schedule of Standard Webhooks 1.0.0 (75 hours over ten attempts).';
