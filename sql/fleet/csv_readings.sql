create or replace function fleet.csv_readings(lines json) returns json
language sql stable
as $$
  select coalesce(pg_catalog.json_agg(
    case
      -- Left to ingestion, which refuses this reading alone.
      when not e.sound then e.line
      when r.narrow then pg_catalog.json_build_object('device', r.device, 'profile', r.profile, 'ts', r.ts,
        'metric', r.metric, 'value', r.measured -> 'value')
      else pg_catalog.json_build_object('device', r.device, 'profile', r.profile, 'ts', r.ts, 'metrics', r.measured)
    end order by e.position), '[]')
  from (
    select x.line, x.position,
      -- Only a NUL character makes fields that jsonb refuses.
      pg_catalog.strpos(x.line::text, '\u0000') = 0 or pg_catalog.pg_input_is_valid(x.line::text, 'jsonb') as sound
    from pg_catalog.json_array_elements(lines) with ordinality as x (line, position)
  ) e
  cross join lateral (
    select
      max(f.content) filter (where f.name = 'device') as device,
      max(f.content) filter (where f.name = 'profile') as profile,
      max(f.content) filter (where f.name = 'ts') as ts,
      max(f.content) filter (where f.name = 'metric') as metric,
      pg_catalog.count(*) filter (where f.name in ('metric', 'value')) = 2 as narrow,
      coalesce(pg_catalog.jsonb_object_agg(f.name,
        case
          when f.content ~ '^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$' and pg_catalog.pg_input_is_valid(f.content, 'numeric')
            then pg_catalog.to_jsonb(f.content::numeric)
          else pg_catalog.to_jsonb(f.content)
        end) filter (where f.content is not null and f.name not in ('device', 'profile', 'ts')), '{}') as measured
    from (
      -- A byte order mark and blanks around names are common in exported files. The offset keeps each trimming to once.
      select pg_catalog.btrim(k.key, E' \t' || pg_catalog.chr(65279)) as name, nullif(pg_catalog.btrim(k.value), '') as content
      from pg_catalog.json_each_text(case when e.sound then e.line else '{}' end) as k
      offset 0
    ) f
  ) r
$$;
comment on function fleet.csv_readings(json) is
'Readings for fleet.ingest out of what PostgREST makes of comma-separated values: an array of objects whose values are text, null for the word NULL. The columns device, ts and, where wanted, profile are a reading''s own. With columns metric and value each line is a narrow reading, otherwise a wide one with a metric for every other column. Empty fields are not reported; what is no number stays text and is refused by ingestion.';
