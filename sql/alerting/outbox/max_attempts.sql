create or replace function alerting.max_attempts(kind text, purpose text) returns int
language sql immutable parallel safe
as $$
  select case when purpose = 'page' and kind in ('slack', 'teams', 'pagerduty', 'sms') then 6 else 10 end
$$;
comment on function alerting.max_attempts(text, text) is
'How many attempts a message gets over a kind of channel before it is dead: pages over chat, PagerDuty and sms 6, which take less than five minutes; all else 10.';
