create or replace function alerting.contacts_of(tenant int, person int) returns jsonb
language sql stable
as $$
  select pg_catalog.jsonb_build_object(
    'methods', coalesce((
      select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('channel', c.name, 'kind', c.kind, 'address', m.address, 'enabled', m.enabled) order by m.contact_method_id)
      from alerting.contact_method m
      join alerting.channel c on c.tenant_id = m.tenant_id and c.channel_id = m.channel_id
      where m.tenant_id = tenant and m.person_id = person), '[]'),
    'rules', coalesce((
      select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('urgency', r.urgency, 'delay_minutes', extract(epoch from r.delay)::int / 60, 'channel', c.name, 'address', m.address)
        order by r.urgency desc, r.delay, r.contact_rule_id)
      from alerting.contact_rule r
      join alerting.contact_method m on m.tenant_id = r.tenant_id and m.contact_method_id = r.contact_method_id
      join alerting.channel c on c.tenant_id = m.tenant_id and c.channel_id = m.channel_id
      where r.tenant_id = tenant and r.person_id = person), '[]'))
$$;
comment on function alerting.contacts_of(int, int) is
'How a person is reached, as alerting.save_contacts takes it: {"methods": [{"channel", "kind", "address", "enabled"}], "rules": [{"urgency", "delay_minutes", "channel", "address"}]}.';
