create or replace function alerting.schedule_layers(tenant int, schedule int, ts timestamptz) returns jsonb
language sql stable
as $$
  select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
    'name', l.name, 'priority', l.priority, 'unit', l.unit, 'length', l.length,
    'start', pg_catalog.to_char(l.start_date + l.handoff_time, 'YYYY-MM-DD"T"HH24:MI'),
    'slots', alerting.layer_slots(l.tenant_id, l.layer_id),
    'restrictions', alerting.layer_restrictions(l.tenant_id, l.layer_id)) order by l.priority desc, l.layer_id), '[]')
  from alerting.schedule_layer l
  where l.tenant_id = tenant and l.schedule_id = schedule and l.effective_from <= ts and coalesce(l.effective_until > ts, true)
$$;
comment on function alerting.schedule_layers(int, int, timestamptz) is
'The layers of a schedule that hold at an instant, the highest first, as alerting.save_schedule takes them; [] for none.';
