create or replace function alerting.no_data_findings(rule alerting.rule, at timestamptz) returns setof alerting.finding
language sql stable
as $$
  with device as materialized (
    select s.device_id, s.device, s.site_id, d.registered_at, pg_catalog.max(l.ts) as last_ts,
      coalesce(pg_catalog.max(l.ts), d.registered_at) + ((no_data_findings.rule).params ->> 'for')::interval as since
    from alerting.rule_streams(no_data_findings.rule) s
    join fleet.device d on d.tenant_id = (no_data_findings.rule).tenant_id and d.device_id = s.device_id
    left join fleet.latest l on l.tenant_id = (no_data_findings.rule).tenant_id and l.stream_id = s.stream_id
    group by s.device_id, s.device, s.site_id, d.registered_at
    having pg_catalog.max(l.ts) is not null or coalesce(((no_data_findings.rule).params ->> 'never')::boolean, false)
  ),
  site as (
    select s.path, s.name, pg_catalog.count(*) as devices,
      pg_catalog.array_agg(d.since order by d.since) filter (where d.since <= no_data_findings.at) as silences
    from device d
    join fleet.site own on own.tenant_id = (no_data_findings.rule).tenant_id and own.site_id = d.site_id
    cross join pg_catalog.generate_series(1, public.nlevel(own.path)) as level (depth)
    join fleet.site s on s.tenant_id = own.tenant_id and s.path operator(public.=) public.subpath(own.path, 0, level.depth)
    where (no_data_findings.rule).params ->> 'per' = 'site'
      and ((no_data_findings.rule).site is null or s.path operator(public.<@) (no_data_findings.rule).site)
    group by s.path, s.name
  )
  select 'device:' || d.device_id, (no_data_findings.rule).severity,
    case when d.last_ts is null then pg_catalog.format('%s has never sent anything', d.device)
      else pg_catalog.format('%s has sent nothing since %s UTC', d.device, pg_catalog.to_char(d.last_ts at time zone 'UTC', 'YYYY-MM-DD HH24:MI')) end,
    d.device_id, extract(epoch from no_data_findings.at - coalesce(d.last_ts, d.registered_at))::float8, null::jsonb, d.since
  from device d
  where coalesce((no_data_findings.rule).params ->> 'per', 'device') = 'device' and d.since <= no_data_findings.at
  union all
  select 'site:' || alerting.subject_key(s.path::text), (no_data_findings.rule).severity,
    pg_catalog.format('%s of %s devices at %s send nothing', pg_catalog.cardinality(s.silences), s.devices, s.name),
    null, pg_catalog.cardinality(s.silences)::float8 / s.devices, pg_catalog.jsonb_build_object('site', s.path::text, 'subject_kind', 'site'),
    s.silences[pg_catalog.ceil(coalesce(((no_data_findings.rule).params ->> 'share')::numeric, 1) * s.devices)::int]
  from site s
  where pg_catalog.cardinality(s.silences) >= pg_catalog.ceil(coalesce(((no_data_findings.rule).params ->> 'share')::numeric, 1) * s.devices)
$$;
comment on function alerting.no_data_findings(alerting.rule, timestamptz) is
'Which devices of a rule''s scope have sent nothing for its "for", or at which sites (with everything below) its "share" of the devices that count is silent. Devices that never reported count with "never", from their registration. value is the seconds of silence, or the silent share. The labels have the site and, of its own alerts, subject_kind site, by which it explains those of its devices.';
