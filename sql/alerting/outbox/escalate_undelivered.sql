create or replace function alerting.escalate_undelivered() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into alerting.timer (tenant_id, incident_id, kind, key, due_at)
  select n.tenant_id, n.incident_id, 'undelivered', n.notification_id::text, n.undelivered_at
  from new_row n
  join old_row o on o.notification_id = n.notification_id
  where n.undelivered_at is not null and o.undelivered_at is null and n.incident_id is not null
  on conflict do nothing;
  return null;
end
$$;
comment on function alerting.escalate_undelivered() is
'Makes a timer due for the incident of each page that has just been found not to reach anybody, so that escalation goes on at once.';

create or replace trigger _500_escalate_undelivered
  after update on alerting.notification
  referencing old table as old_row new table as new_row
  for each statement execute function alerting.escalate_undelivered();
