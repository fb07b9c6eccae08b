create or replace function alerting.count_raised() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into alerting.tally (tenant_id, raised, sent, suppressed, dead)
  select n.tenant_id, count(*), count(*) filter (where n.state = 'delivered'), count(*) filter (where n.state = 'suppressed'),
    count(*) filter (where n.state = 'dead')
  from new_row n
  group by n.tenant_id;
  return null;
end
$$;
comment on function alerting.count_raised() is
'Counts in alerting.tally the notifications that a statement raised, those with their end that came to it at once.';

create or replace trigger _500_count_raised
  after insert on alerting.notification
  referencing new table as new_row
  for each statement execute function alerting.count_raised();
