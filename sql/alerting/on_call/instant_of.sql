create or replace function alerting.instant_of(local timestamp, zone text) returns timestamptz
language plpgsql immutable parallel safe
as $$
declare
  -- In UTC without a zone: arithmetic over timestamptz depends on the session's zone. No zone is 16 hours off UTC, so
  -- what the answer can be lies between these two.
  v_early timestamp := local - interval '16 hours';
  v_late timestamp := local + interval '16 hours';
  v_before interval := ((v_early at time zone 'UTC') at time zone zone) - v_early;
  v_after interval := ((v_late at time zone 'UTC') at time zone zone) - v_late;
  v_middle timestamp;
begin
  if v_before = v_after or (((local - v_before) at time zone 'UTC') at time zone zone) = local then
    return (local - v_before) at time zone 'UTC';
  end if;
  if (((local - v_after) at time zone 'UTC') at time zone zone) = local then
    return (local - v_after) at time zone 'UTC';
  end if;
  -- In a gap. Clocks change at whole seconds.
  v_early := pg_catalog.date_trunc('second', local - v_after);
  v_late := pg_catalog.date_trunc('second', local - v_before);
  while v_late - v_early > interval '1 second' loop
    v_middle := v_early + pg_catalog.make_interval(secs => pg_catalog.floor(extract(epoch from v_late - v_early) / 2)::float8);
    if ((v_middle at time zone 'UTC') at time zone zone) - v_middle = v_before then
      v_early := v_middle;
    else
      v_late := v_middle;
    end if;
  end loop;
  return v_late at time zone 'UTC';
end
$$;
comment on function alerting.instant_of(timestamp, text) is
'When it is a local time in a time zone. A local time that the clocks skip is the first instant after the gap; one that comes twice is its first occurrence. So a later local time is never an earlier instant, which does not hold for Postgres'' own "at time zone": it reads a skipped 02:30 as 03:30, after 03:00. At most one change of the clocks is expected within 16 hours of the time. Null for null; 22023 for an unknown zone.';
