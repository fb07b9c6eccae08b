create or replace function alerting.layer_restrictions(tenant int, layer int) returns jsonb
language sql stable
as $$
  select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
    'weekdays', r.weekdays, 'from', pg_catalog.to_char(r.from_time, 'HH24:MI'), 'to', pg_catalog.to_char(r.to_time, 'HH24:MI'))) order by r.restriction_no), '[]')
  from alerting.layer_restriction r
  where r.tenant_id = tenant and r.layer_id = layer
$$;
comment on function alerting.layer_restrictions(int, int) is
'When a layer counts, as alerting.save_schedule takes it: [{"weekdays": [1, 2], "from": "22:00", "to": "06:00"}]; [] for always.';
