create or replace function fleet.export(
  tenant int, profile text, since text, max_readings int, out content text, out watermark text, out more boolean
)
language plpgsql stable
as $$
declare
  c_time_limit constant interval := interval '5 seconds';
  v_started timestamptz := pg_catalog.clock_timestamp();
  v_profile fleet.profile;
  v_part text[];
  v_kind text;
  v_xid xid8;
  v_as_of bigint;
  v_change_id bigint;
  v_stream int;
  v_ts timestamptz;
  -- Whatever began before this transaction has ended, and is seen as a whole.
  v_end xid8 := pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot());
  v_left int := max_readings;
  v_entry record;
  v_lines record;
  v_parts text[];
begin
  select p.* into v_profile from fleet.profile p where p.tenant_id = export.tenant and p.name = export.profile;
  if not found then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('profile "%s" does not exist', pg_catalog.left(profile, 200)),
      hint = 'GET /profiles lists the profiles.';
  end if;
  if v_profile.metric_names && '{device,profile,ts}' or v_profile.metric_names @> '{metric,value}' then
    raise exception using
      errcode = '0A000',
      message = 'a metric of the profile has the name of a column: device, profile, ts, or metric and value',
      hint = 'Read GET /telemetry with Accept: text/csv instead, which has a line for each value.';
  end if;
  if coalesce(max_readings not between 1 and 50000, true) then
    raise exception using
      errcode = '22023',
      message = 'max_readings must be from 1 to 50000',
      hint = 'Leave it out for 10000, and go on from the X-Next-Watermark of the answer.';
  end if;

  if since is null then
    -- All there is first, then what changed since that began.
    v_kind := 'a';
    v_xid := v_end;
    v_as_of := extract(epoch from pg_catalog.now());
    v_change_id := 0;
    v_stream := 0;
    v_ts := '-infinity';
  else
    v_part := pg_catalog.regexp_match(since, '^([ac])\.(\d{1,19})\.(\d{1,11})\.(\d{1,18})\.(\d{1,9})\.(-?\d{1,17}|-infinity)$');
    if v_part is null then
      raise exception using
        errcode = '22023',
        message = 'the watermark is not valid',
        hint = 'Send the X-Next-Watermark of the last answer as it is, or none to begin with all readings.';
    end if;
    v_kind := v_part[1];
    v_xid := v_part[2]::xid8;
    v_as_of := v_part[3]::bigint;
    v_change_id := v_part[4]::bigint;
    v_stream := v_part[5]::int;
    v_ts := case v_part[6] when '-infinity' then '-infinity' else timestamptz '2000-01-01 00:00:00+00' + v_part[6]::bigint * interval '1 microsecond' end;
    if v_as_of < extract(epoch from pg_catalog.now() - interval '7 days') or v_xid > pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) then
      raise sqlstate 'PT410' using
        message = case when v_xid > v_end then 'the watermark is of another database' else 'the watermark is older than 7 days' end,
        hint = 'What changed since is no longer known: export everything again, without a watermark.';
    end if;
  end if;
  v_parts := array['device,profile,ts,' || pg_catalog.array_to_string(v_profile.metric_names, ',') || E'\n'];
  more := false;

  if v_kind = 'a' then
    for v_entry in
      select st.stream_id
      from fleet.stream st
      where st.tenant_id = export.tenant and st.profile_id = v_profile.profile_id and st.stream_id >= v_stream
      order by st.stream_id
    loop
      -- First, for the stream before may have more.
      more := v_left = 0 or pg_catalog.clock_timestamp() > v_started + c_time_limit;
      exit when more;
      if v_entry.stream_id > v_stream then
        v_stream := v_entry.stream_id;
        v_ts := '-infinity';
      end if;
      v_lines := fleet.export_lines(tenant, v_profile.profile_id, null, pg_catalog.int4multirange(pg_catalog.int4range(v_stream, v_stream, '[]')),
        '-infinity', 'infinity', v_stream, v_ts, v_left);
      v_parts := v_parts || v_lines.lines;
      v_left := v_left - v_lines.readings;
      v_ts := coalesce(v_lines.last_ts, v_ts);
    end loop;
    more := more or v_left = 0;
    if not more then
      v_kind := 'c';
      v_change_id := 0;
      v_stream := 0;
      v_ts := '-infinity';
    end if;
  end if;

  if v_kind = 'c' and not more then
    for v_entry in
      select c.xid, c.change_id, c.from_ts, c.to_ts, c.streams, extract(epoch from c.logged_at)::bigint as as_of
      from fleet.export_change c
      where c.tenant_id = export.tenant and (c.xid, c.change_id) >= (v_xid, v_change_id) and c.xid < v_end
      order by c.xid, c.change_id
    loop
      more := v_left = 0 or pg_catalog.clock_timestamp() > v_started + c_time_limit;
      exit when more;
      if (v_entry.xid, v_entry.change_id) <> (v_xid, v_change_id) then
        v_xid := v_entry.xid;
        v_change_id := v_entry.change_id;
        v_stream := 0;
        v_ts := '-infinity';
      end if;
      v_as_of := v_entry.as_of;
      v_lines := fleet.export_lines(tenant, v_profile.profile_id, v_entry.xid, v_entry.streams, v_entry.from_ts, v_entry.to_ts, v_stream, v_ts, v_left);
      v_parts := v_parts || v_lines.lines;
      v_left := v_left - v_lines.readings;
      v_stream := coalesce(v_lines.last_stream, v_stream);
      v_ts := coalesce(v_lines.last_ts, v_ts);
    end loop;
    more := more or v_left = 0;
    if not more then
      v_xid := greatest(v_xid, v_end);
      v_as_of := extract(epoch from pg_catalog.now());
      v_change_id := 0;
      v_stream := 0;
      v_ts := '-infinity';
    end if;
  end if;

  content := pg_catalog.array_to_string(v_parts, '');
  watermark := pg_catalog.format('%s.%s.%s.%s.%s.%s', v_kind, v_xid, v_as_of, v_change_id, v_stream,
    case when pg_catalog.isfinite(v_ts) then (extract(epoch from v_ts - timestamptz '2000-01-01 00:00:00+00') * 1000000)::bigint::text else '-infinity' end);
end
$$;
comment on function fleet.export(int, text, text, int) is
'Readings of a profile written since a watermark as comma-separated values, and the watermark to go on from: without one all readings, then what changed since that began. A page is max_readings, or what five seconds bring; more says whether there is anything left. Readings may come more than once, each time as they are then. 42704 for an unknown profile, 22023 for a watermark or number that cannot be, PT410 for a watermark that is too old, 0A000 where metrics have names of columns.';
