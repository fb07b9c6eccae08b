create or replace function alerting.retry_delay(attempt int) returns interval
language sql immutable parallel safe
as $$
  select (array['5 seconds', '5 minutes', '30 minutes', '2 hours', '5 hours', '10 hours', '14 hours', '20 hours', '24 hours']::interval[])
    [least(greatest(attempt, 1), 9)]
$$;
comment on function alerting.retry_delay(int) is
'How long to wait after a failed attempt, by the example schedule of Standard Webhooks 1.0.0 (75 hours over ten attempts), before jitter.';
