create or replace function alerting.no_data_episodes(rule alerting.rule, from_ts timestamptz, to_ts timestamptz)
returns table (subject text, device text, started_at timestamptz, ended_at timestamptz, value float8, summary text)
language plpgsql stable
-- Bounds that are known when a query is planned spare looking at every chunk.
set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_variable
declare
  v_wait interval := (rule.params ->> 'for')::interval;
  v_never boolean := coalesce((rule.params ->> 'never')::boolean, false);
  v_share numeric := coalesce((rule.params ->> 'share')::numeric, 1);
  v_from timestamptz := from_ts - (rule.params ->> 'for')::interval;
begin
  return query
  with scope as materialized (
    select s.stream_id, s.device_id, s.device, s.site_id, d.external_id, d.registered_at
    from alerting.rule_streams(rule) s
    join fleet.device d on d.tenant_id = rule.tenant_id and d.device_id = s.device_id
  ),
  point as (
    select s.device_id, h.ts
    from scope s
    cross join lateral (
      select r.ts from fleet.reading r
      where r.tenant_id = rule.tenant_id and r.stream_id = s.stream_id and r.ts > v_from and r.ts <= to_ts
    ) h
    union all
    -- Where the device stood before.
    select s.device_id, h.ts
    from scope s
    cross join lateral (
      select r.ts from fleet.reading r
      where r.tenant_id = rule.tenant_id and r.stream_id = s.stream_id and r.ts <= v_from
      order by r.ts desc
      limit 1
    ) h
    union all
    select distinct s.device_id, s.registered_at from scope s where v_never and s.registered_at <= to_ts
  ),
  gap as materialized (
    select p.device_id, p.ts + v_wait as since, p.next as until
    from (
      select x.device_id, x.ts, pg_catalog.lead(x.ts) over (partition by x.device_id order by x.ts) as next
      from point x
    ) p
    where p.ts + v_wait <= to_ts and (p.next is null or p.next > p.ts + v_wait) and (p.next is null or p.next > from_ts)
  ),
  known as (
    select distinct on (s.device_id) s.device_id, s.device, s.site_id, s.external_id
    from scope s
    where exists (select from point p where p.device_id = s.device_id)
    order by s.device_id
  ),
  placed as (
    select k.device_id, s.path::text as path, s.name
    from known k
    join fleet.site own on own.tenant_id = rule.tenant_id and own.site_id = k.site_id
    cross join pg_catalog.generate_series(1, public.nlevel(own.path)) as level (depth)
    join fleet.site s on s.tenant_id = own.tenant_id and s.path operator(public.=) public.subpath(own.path, 0, level.depth)
    where rule.params ->> 'per' = 'site' and (rule.site is null or s.path operator(public.<@) rule.site)
  ),
  site as (
    select p.path, p.name, pg_catalog.count(*) as devices from placed p group by p.path, p.name
  ),
  change as (
    select e.path, e.at, pg_catalog.sum(pg_catalog.sum(e.change)) over (partition by e.path order by e.at) as silent
    from (
      select p.path, g.since as at, 1 as change from gap g join placed p on p.device_id = g.device_id
      union all
      select p.path, g.until, -1 from gap g join placed p on p.device_id = g.device_id where g.until is not null
    ) e
    group by e.path, e.at
  ),
  turn as (
    select c.path, c.at, c.silent, c.is_down, c.is_down is distinct from pg_catalog.lag(c.is_down) over (partition by c.path order by c.at) as is_turn
    from (
      select x.path, x.at, x.silent, x.silent >= pg_catalog.ceil(v_share * s.devices) as is_down
      from change x
      join site s on s.path = x.path
    ) c
  ),
  down as (
    select t.path, t.at as since, t.is_down, pg_catalog.lead(t.at) over (partition by t.path order by t.at) as until, t.silent
    from turn t
    where t.is_turn
  )
  select 'device:' || g.device_id, k.external_id, g.since, g.until, extract(epoch from coalesce(g.until, to_ts) - g.since + v_wait)::float8,
    pg_catalog.format('%s has sent nothing since %s UTC', k.device, pg_catalog.to_char((g.since - v_wait) at time zone 'UTC', 'YYYY-MM-DD HH24:MI'))
  from gap g
  join known k on k.device_id = g.device_id
  where coalesce(rule.params ->> 'per', 'device') = 'device'
  union all
  select 'site:' || alerting.subject_key(d.path), null, d.since, d.until, d.silent::float8 / s.devices,
    pg_catalog.format('%s of %s devices at %s send nothing', d.silent, s.devices, s.name)
  from down d
  join site s on s.path = d.path
  where d.is_down;
end
$$;
comment on function alerting.no_data_episodes(alerting.rule, timestamptz, timestamptz) is
'When between two instants a rule of kind no_data would have found silence, by devices and sites as they are today. One row for each spell: ended_at is null where it lasts; value is its seconds, or the silent share of a site as it began.';
