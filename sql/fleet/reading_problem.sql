create or replace function fleet.reading_problem(
  body jsonb, device text, ts timestamptz, metrics jsonb, device_known boolean, metric_names text[], vector float8[],
  earliest timestamptz, latest timestamptz
) returns jsonb
language plpgsql stable
as $$
declare
  v_first_key text := (select k.key from pg_catalog.jsonb_object_keys(metrics) as k (key) limit 1);
  v_bad record;
  code text;
  message text;
  hint text;
begin
  if body is null then
    code := '22P05';
    message := 'the reading holds text or a number that cannot be stored';
    hint := 'Remove NUL characters, unpaired surrogates and numbers of thousands of digits.';
  elsif pg_catalog.jsonb_typeof(body) <> 'object' then
    code := '22023';
    message := pg_catalog.format('a reading is a JSON object, not %s', pg_catalog.jsonb_typeof(body));
    hint := 'Send {"device": "…", "ts": "…", "metrics": {…}} or {"device": "…", "metric": "…", "ts": "…", "value": 1.5}.';
  elsif device is null then
    code := '22023';
    message := 'the reading names no device';
    hint := 'Add "device" with the device''s external id as text.';
  elsif ts is null then
    code := '22007';
    message := case when body ->> 'ts' is not null then 'the timestamp is not valid' else 'the reading has no timestamp' end;
    hint := 'Give "ts" as an ISO 8601 timestamp such as 2026-01-31T12:00:00Z.';
  elsif ts > latest or ts < earliest then
    code := '22008';
    message := case
      when ts < '2000-01-01' then 'the timestamp lies before the year 2000'
      when ts < earliest then pg_catalog.format('the reading is more than %s days old',
        pg_catalog.trim_scale(pg_catalog.round(extract(epoch from pg_catalog.now() - earliest) / 86400, 3)))
      else pg_catalog.format('the timestamp lies more than %s seconds in the future',
        pg_catalog.trim_scale(extract(epoch from latest - pg_catalog.now())))
    end;
    hint := case when ts >= '2000-01-01' and ts < earliest then 'Readings of that age are no longer kept; leave them out.'
      else 'Check the device''s clock and time zone.' end;
  elsif metrics is null then
    code := '22023';
    message := 'the reading has no metrics';
    hint := 'Add "metrics" as an object of numbers, or "metric" and "value".';
  elsif not device_known then
    code := '42704';
    message := pg_catalog.format('device "%s" is not registered', pg_catalog.left(device, 200));
    hint := 'Register it with POST /rpc/register_device.';
  elsif metrics = '{}' then
    code := '22023';
    message := 'the reading has no metrics';
    hint := 'Leave out readings in which nothing was measured.';
  elsif metric_names is null or body ->> 'profile' is null and v_first_key <> all (metric_names) then
    code := '42704';
    message := case when body ->> 'profile' is not null
      then pg_catalog.format('the device does not speak profile "%s"', pg_catalog.left(body ->> 'profile', 200))
      else pg_catalog.format('no profile of the device has metric "%s"',
        pg_catalog.left(v_first_key, 200)) end;
    hint := 'GET /streams lists a device''s profiles, GET /profiles their metrics.';
  elsif vector is null then
    -- The first metric that keeps the reading from becoming a vector.
    select m.key, m.value, pg_catalog.jsonb_typeof(m.value) as type, m.key = any (metric_names) as known into v_bad
    from pg_catalog.jsonb_each(metrics) as m
    where m.key <> all (metric_names)
      or pg_catalog.jsonb_typeof(m.value) not in ('number', 'null')
      or pg_catalog.jsonb_typeof(m.value) = 'number' and pg_catalog.abs(m.value::numeric) > 1e100
    order by m.key
    limit 1;
    if not v_bad.known then
      code := '42704';
      message := pg_catalog.format('metric "%s" is not in the profile', pg_catalog.left(v_bad.key, 200));
      hint := 'Remove it from the reading, or append it to the profile.';
    elsif v_bad.type = 'number' then
      code := '22003';
      message := pg_catalog.format('metric "%s" is out of range', v_bad.key);
      hint := 'Magnitudes up to 1e100 are taken.';
    else
      code := '22P02';
      message := pg_catalog.format('metric "%s" must be a number or null, not %s', v_bad.key, v_bad.type);
      hint := 'Send numbers without quotes; null means not reported.';
    end if;
  elsif pg_catalog.cardinality(pg_catalog.array_remove(vector, null)) = 0 then
    code := '22023';
    message := 'every metric of the reading is null';
    hint := 'Leave out readings in which nothing was measured.';
  end if;
  return case when code is not null then pg_catalog.jsonb_build_object('code', code, 'message', message, 'hint', hint) end;
end
$$;
comment on function fleet.reading_problem(jsonb, text, timestamptz, jsonb, boolean, text[], float8[], timestamptz, timestamptz) is
'Why a reading is refused, as {code, message, hint}, or null when it is sound. metric_names are those of its stream, null when it has none; vector is what vigil.metric_values made of its metrics. earliest and latest are from fleet.accepted_times. The first problem found counts.';
