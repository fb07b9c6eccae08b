create or replace function alerting.count_removed() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- A tenant that goes takes its tally along.
  insert into alerting.tally (tenant_id, suppressed)
  select o.tenant_id, count(*)
  from old_row o
  join fleet.tenant t on t.tenant_id = o.tenant_id
  where o.state in ('held', 'pending', 'claimed')
  group by o.tenant_id;
  return null;
end
$$;
comment on function alerting.count_removed() is
'Counts in alerting.tally what was removed before its end, as suppressed: whoever removes a channel or an incident removes what waited with it.';

create or replace trigger _500_count_removed
  after delete on alerting.notification
  referencing old table as old_row
  for each statement execute function alerting.count_removed();
