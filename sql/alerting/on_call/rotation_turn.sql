create or replace function alerting.rotation_turn(start timestamp, unit text, length int, local timestamp) returns int
language sql immutable parallel safe
as $$
  select case
    when unit = 'month' then pg_catalog.floor((m.months - (start + pg_catalog.make_interval(months => m.months) > local)::int)::float8 / length)
    else pg_catalog.floor(extract(epoch from local - start)::float8
      / (length * case unit when 'hour' then 3600 when 'day' then 86400 else 604800 end))
  end::int
  from (
    select ((extract(year from local) - extract(year from start)) * 12 + extract(month from local) - extract(month from start))::int
  ) m (months)
$$;
comment on function alerting.rotation_turn(timestamp, text, int, timestamp) is
'Which turn of a rotation it is at a local time on a clock that never changes: the last that begins at or before it; negative before start.';
