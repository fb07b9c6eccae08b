create or replace function fleet.export_lines(
  tenant int, profile int, xid xid8, streams int4multirange, from_ts timestamptz, to_ts timestamptz, after_stream int, after_ts timestamptz,
  max_readings int, out lines text, out readings int, out last_stream int, out last_ts timestamptz
)
language sql stable
as $$
  select coalesce(pg_catalog.string_agg(x.line, '' order by x.stream_id, x.ts), ''), pg_catalog.count(*)::int, max(x.stream_id),
    (pg_catalog.array_agg(x.ts order by x.stream_id desc, x.ts desc))[1]
  from (
    select st.stream_id, r.ts,
      case when d.external_id ~ '[",\n\r]' then '"' || pg_catalog.replace(d.external_id, '"', '""') || '"' else d.external_id end
        || ',' || p.name || ',' || pg_catalog.to_char(r.ts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z",')
        || pg_catalog.array_to_string(
          case when p.personal = '{}' or (select auth.sees_personal_data()) then r.values else fleet.without(r.values, p.personal) end, ',', '')
        || pg_catalog.repeat(',', cardinality(p.metric_names) - cardinality(r.values)) || E'\n' as line
    from fleet.profile p
    -- A reading that another transaction in the log wrote comes with that one. xmin is the lower half of its number.
    cross join (select x.xid, x.xid % 4294967296 as number from (select export_lines.xid::text::bigint as xid) x) own
    join fleet.stream st on st.tenant_id = p.tenant_id and st.profile_id = p.profile_id
    join fleet.device d on d.tenant_id = st.tenant_id and d.device_id = st.device_id
    -- The limit keeps this from becoming a join that reads the whole hour of every tenant.
    cross join lateral (
      select r.ts, r.values
      from fleet.reading r
      where r.tenant_id = export_lines.tenant and r.stream_id = st.stream_id
        and r.ts >= from_ts and r.ts <= to_ts
        and r.ts > case when st.stream_id = after_stream then after_ts else '-infinity' end
        and (export_lines.xid is null or own.number = r.xmin::text::bigint or not exists (
          select from fleet.export_change c
          where c.tenant_id = export_lines.tenant and c.xid = (own.xid
            + (r.xmin::text::bigint - own.number + 6442450944) % 4294967296 - 2147483648)::text::xid8))
      order by r.ts
      limit max_readings
    ) r
    where p.tenant_id = export_lines.tenant and p.profile_id = export_lines.profile
      and st.stream_id <@ streams and st.stream_id >= after_stream
    order by st.stream_id, r.ts
    limit max_readings
  ) x
$$;
comment on function fleet.export_lines(int, int, xid8, int4multirange, timestamptz, timestamptz, int, timestamptz, int) is
'Readings of some streams of a profile in a range of time as lines of comma-separated values: device, profile, ts and the metrics in the order of the profile. With xid only what that transaction wrote last, or one that is not in fleet.export_change, such as a part of it that could fail. Personal metrics are empty for whoever may not see them. In order of stream and time, what comes after after_stream and after_ts, at most max_readings; last_stream and last_ts are the last one''s, null when there is none.';
