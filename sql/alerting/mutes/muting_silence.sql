create or replace function alerting.muting_silence(tenant int, labels jsonb, ts timestamptz) returns bigint
language sql stable
as $$
  select s.silence_id
  from alerting.silence s
  where s.tenant_id = muting_silence.tenant and s.starts_at <= muting_silence.ts and s.ends_at > muting_silence.ts
    and alerting.labels_match(muting_silence.labels, s.matchers)
    and alerting.silence_active_at(s, muting_silence.ts)
  order by s.silence_id
  limit 1
$$;
comment on function alerting.muting_silence(int, jsonb, timestamptz) is
'The tenant''s oldest silence that is in force at an instant and matches the labels; null when there is none. For many alerts at once: alerting.mute_alerts.';
