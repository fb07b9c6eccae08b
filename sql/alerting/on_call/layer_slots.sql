create or replace function alerting.layer_slots(tenant int, layer int) returns jsonb
language sql stable
as $$
  select pg_catalog.jsonb_agg(coalesce((
      select pg_catalog.jsonb_agg(p.name order by p.name)
      from alerting.layer_member m
      join alerting.person p on p.tenant_id = m.tenant_id and p.person_id = m.person_id
      where m.tenant_id = l.tenant_id and m.layer_id = l.layer_id and m.slot = n.slot
    ), '[]') order by n.slot)
  from alerting.schedule_layer l
  cross join lateral pg_catalog.generate_series(1, l.slot_count) n (slot)
  where l.tenant_id = tenant and l.layer_id = layer
$$;
comment on function alerting.layer_slots(int, int) is
'The slots of a layer in order, each a list of names: [["ann"], ["bob", "cy"], []]. Null when there is no such layer.';
