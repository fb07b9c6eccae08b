create or replace function alerting.escalate_undelivered() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  with undelivered as materialized (
    select n.tenant_id, n.incident_id, n.notification_id, n.undelivered_at
    from new_row n
    join old_row o on o.notification_id = n.notification_id
    where n.undelivered_at is not null and o.undelivered_at is null
  )
  insert into alerting.timer (tenant_id, incident_id, kind, key, due_at)
  select u.tenant_id, u.incident_id, 'undelivered', u.notification_id::text, u.undelivered_at
  from undelivered u
  where u.incident_id is not null
  union all
  -- What it was to tell along with its own news.
  select b.tenant_id, b.incident_id, 'undelivered', b.notification_id::text, u.undelivered_at
  from undelivered u
  join alerting.notification b on b.tenant_id = u.tenant_id and b.bundled_into = u.notification_id
  where b.incident_id is not null and b.purpose = 'page'
  on conflict do nothing;
  return null;
end
$$;
comment on function alerting.escalate_undelivered() is
'Makes a timer due for the incident of each page that has just been found not to reach anybody, and of those bundled into it, so that escalation goes on at once.';

create or replace trigger _500_escalate_undelivered
  after update on alerting.notification
  referencing old table as old_row new table as new_row
  for each statement execute function alerting.escalate_undelivered();
