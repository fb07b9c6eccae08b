create or replace function alerting.shared_labels(tenant int, incident bigint, alerts int) returns jsonb
language sql stable
as $$
  select coalesce(pg_catalog.jsonb_object_agg(x.key, x.value), '{}')
  from (
    select l.key, min(l.value) as value
    from alerting.alert al
    cross join lateral pg_catalog.jsonb_each_text(al.labels) l
    where al.tenant_id = tenant and al.incident_id = incident
    group by l.key
    having pg_catalog.count(*) = alerts and min(l.value) = max(l.value)
  ) x
$$;
comment on function alerting.shared_labels(int, bigint, int) is
'The labels that all alerts of an incident have with the same value; alerts is how many it has.';
