create or replace function fleet.source_rows(
  source fleet.source, from_ts timestamptz, until timestamptz, from_device text, one_device boolean, row_limit int
) returns table (ts timestamptz, device text, item json)
language plpgsql stable
as $$
declare
  v_profile text := (select p.name from fleet.profile p where p.tenant_id = source.tenant_id and p.profile_id = source.profile_id);
  v_metrics text[] := array(select k.key from pg_catalog.jsonb_object_keys(source.metric_columns) as k (key) order by k.key);
begin
  for ts, device, item in execute pg_catalog.format($q$
    select r.ts, r.device,
      case when %L then pg_catalog.json_build_object('device', r.device, 'profile', $6, 'ts', r.ts, 'metric', r.metric,
          'value', case when r.value ~ '^-?[0-9]' then r.value::json else pg_catalog.to_json(r.value) end)
        else pg_catalog.json_build_object('device', r.device, 'profile', $6, 'ts', r.ts, 'metrics', (
          select pg_catalog.json_object_agg(n.name, case when n.value ~ '^-?[0-9]' then n.value::json else pg_catalog.to_json(n.value) end)
          from unnest($7, r.values) as n (name, value)))
      end
    from (%s) as r (ts, device, metric, values, value)
    $q$, source.metric_columns is null, fleet.source_query(source, from_device is not null))
  using from_ts, until, row_limit, from_device, one_device, v_profile, v_metrics
  loop
    return next;
  end loop;
end
$$;
comment on function fleet.source_rows(fleet.source, timestamptz, timestamptz, text, boolean, int) is
'Rows of a source as readings that fleet.ingest takes: from an instant to another, exclusive, in order of time; or, with from_device, those of the instant from_ts from that device on, in order of device. Values that are no JSON number (NaN, infinities) stay text, which ingestion refuses one reading at a time.';
