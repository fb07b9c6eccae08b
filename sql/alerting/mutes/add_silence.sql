create or replace function alerting.add_silence(silence alerting.silence) returns bigint
language plpgsql
as $$
declare
  v_silence_id bigint;
  v_rule text;
begin
  if silence.local_start is null and coalesce(silence.ends_at, 'infinity') = 'infinity' then
    raise exception using
      errcode = '22023',
      message = 'a silence that does not recur needs an end',
      hint = 'Give ends_at, such as "2026-12-01T06:00:00Z"; a longer one can follow.';
  end if;
  if silence.ends_at <= pg_catalog.now() then
    raise exception using
      errcode = '22023',
      message = 'the end is in the past',
      hint = 'Give an ends_at that is still to come.';
  end if;
  insert into alerting.silence (tenant_id, kind, matchers, reason, starts_at, ends_at, time_zone, local_start, lasts, weekdays, month_days, created_by)
  values (silence.tenant_id, silence.kind, silence.matchers, silence.reason, coalesce(silence.starts_at, pg_catalog.now()),
    coalesce(silence.ends_at, 'infinity'), silence.time_zone, silence.local_start, silence.lasts, silence.weekdays, silence.month_days,
    auth.subject())
  returning silence_id into v_silence_id;
  return v_silence_id;
exception
  when check_violation or not_null_violation then
    get stacked diagnostics v_rule = constraint_name;
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('the silence breaks the rule %s', coalesce(nullif(v_rule, ''), 'that it has matchers and a reason')),
      hint = 'It has matchers, a reason of up to 1000 characters and an end after its beginning. A recurring one has local_start, time_zone and lasts (a minute to 31 days), weekdays from 1 (Monday) to 7 and month_days from 1 to 31.';
end
$$;
comment on function alerting.add_silence(alerting.silence) is
'Adds a silence of the current user, who is its created_by; starts_at null: now. Returns silence_id. 22023 with a hint for what is no silence.';
