create or replace function alerting.balance(tenant int)
returns table (raised bigint, sent bigint, suppressed bigint, dead bigint, waiting bigint, balanced boolean)
language sql stable
as $$
  select c.raised, c.sent, c.suppressed, c.dead, w.waiting, c.raised = c.sent + c.suppressed + c.dead + w.waiting
  from (
    select coalesce(pg_catalog.sum(t.raised), 0)::bigint as raised, coalesce(pg_catalog.sum(t.sent), 0)::bigint as sent,
      coalesce(pg_catalog.sum(t.suppressed), 0)::bigint as suppressed, coalesce(pg_catalog.sum(t.dead), 0)::bigint as dead
    from alerting.tally t
    where t.tenant_id = balance.tenant
  ) c
  cross join (
    -- Each by an index of its own that has only these.
    select (select pg_catalog.count(*) from alerting.notification n where n.tenant_id = balance.tenant and n.state = 'held')
      + (select pg_catalog.count(*) from alerting.notification n where n.tenant_id = balance.tenant and n.state = 'pending')
      + (select pg_catalog.count(*) from alerting.notification n where n.tenant_id = balance.tenant and n.state = 'claimed') as waiting
  ) w
$$;
comment on function alerting.balance(int) is
'Whether everything raised for a tenant is accounted for: raised = sent + suppressed + dead + waiting. The first four were counted as it happened (alerting.tally), waiting is counted now from the rows that have not ended; balanced is false when something was lost. Rows that retention has removed stay counted.';
