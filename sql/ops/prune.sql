create or replace function ops.prune() returns bigint
language plpgsql
as $$
declare
  v_removed bigint := fleet.expire_rollups();
  v_rows bigint;
begin
  delete from ops.idempotency_key k where k.created_at <= pg_catalog.now() - interval '24 hours';
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  delete from fleet.ingest_batch b
  using fleet.tenant t
  where b.tenant_id = t.tenant_id and b.received_at < pg_catalog.now() - interval '7 days';
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  -- A day longer than watermarks are good for, so that transactions of hours lose nothing.
  delete from fleet.export_change c
  using fleet.tenant t
  where c.tenant_id = t.tenant_id and c.logged_at < pg_catalog.now() - interval '8 days';
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  delete from alerting.acknowledge_link l
  using fleet.tenant t
  where l.tenant_id = t.tenant_id and l.expires_at < pg_catalog.now();
  get diagnostics v_rows = row_count;
  v_removed := v_removed + v_rows;
  -- What was counted on one day becomes one row.
  with counted as (
    delete from alerting.tally y
    using fleet.tenant t
    where y.tenant_id = t.tenant_id and y.day < (pg_catalog.now() at time zone 'UTC')::date
      and exists (
        select from alerting.tally o
        where o.tenant_id = y.tenant_id and o.day = y.day and o.tally_id <> y.tally_id)
    returning y.tenant_id, y.day, y.raised, y.sent, y.suppressed, y.dead
  )
  insert into alerting.tally (tenant_id, day, raised, sent, suppressed, dead)
  select c.tenant_id, c.day, pg_catalog.sum(c.raised), pg_catalog.sum(c.sent), pg_catalog.sum(c.suppressed), pg_catalog.sum(c.dead)
  from counted c
  group by c.tenant_id, c.day;
  -- What is counted and what is there are kept by different means; if they part, a message may be lost.
  perform case when b.balanced then alerting.clear_condition(t.tenant_id, 'outbox:balance')
    else alerting.raise_condition(t.tenant_id, 'outbox:balance', 'high',
      pg_catalog.format('The count of messages is off: %s raised, %s sent, %s suppressed, %s dead, %s waiting',
        b.raised, b.sent, b.suppressed, b.dead, b.waiting)) end
  from fleet.tenant t
  cross join lateral alerting.balance(t.tenant_id) b
  where t.active;
  return v_removed;
end
$$;
comment on function ops.prune() is
'Removes what ages by rules of its own, not by ops.retention_policy: summaries of readings past the retention of their rollup, requests that brought readings after 7 days, what the export goes by after 8, and idempotency keys after 24 hours, links that have expired. Counts of the outbox become a row a day, and where they do not add up there is an alert. Returns how many rows.';
