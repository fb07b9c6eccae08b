create or replace function alerting.count_ended() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Claims end nothing and leave no row; one that is replayed takes back that it was dead.
  insert into alerting.tally (tenant_id, sent, suppressed, dead)
  select c.tenant_id, sum(c.sent), sum(c.suppressed), sum(c.dead)
  from (
    select n.tenant_id, count(*) filter (where n.state = 'delivered') as sent, count(*) filter (where n.state = 'suppressed') as suppressed,
      count(*) filter (where n.state = 'dead') as dead
    from new_row n
    group by n.tenant_id
    union all
    select o.tenant_id, -count(*) filter (where o.state = 'delivered'), -count(*) filter (where o.state = 'suppressed'),
      -count(*) filter (where o.state = 'dead')
    from old_row o
    group by o.tenant_id) c
  group by c.tenant_id
  having sum(c.sent) <> 0 or sum(c.suppressed) <> 0 or sum(c.dead) <> 0;
  return null;
end
$$;
comment on function alerting.count_ended() is
'Counts in alerting.tally the notifications that a statement sent, suppressed or gave up.';

create or replace trigger _500_count_ended
  after update on alerting.notification
  referencing old table as old_row new table as new_row
  for each statement execute function alerting.count_ended();
