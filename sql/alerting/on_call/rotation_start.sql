create or replace function alerting.rotation_start(start timestamp, unit text, length int, turn int) returns timestamp
language sql immutable parallel safe
as $$
  select start + case unit
    when 'hour' then pg_catalog.make_interval(hours => turn * length)
    when 'day' then pg_catalog.make_interval(days => turn * length)
    when 'week' then pg_catalog.make_interval(days => turn * length * 7)
    else pg_catalog.make_interval(months => turn * length)
  end
$$;
comment on function alerting.rotation_start(timestamp, text, int, int) is
'When a turn of a rotation begins, in local time; turn 0 begins at start. Always counted from start: a rotation by months from the 31st begins on the last day of a shorter month and on the 31st again afterwards.';
