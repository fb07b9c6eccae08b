create or replace function alerting.count_notifications() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    insert into alerting.tally (tenant_id, raised, sent, suppressed, dead)
    select n.tenant_id, count(*), count(*) filter (where n.state = 'delivered'), count(*) filter (where n.state = 'suppressed'),
      count(*) filter (where n.state = 'dead')
    from new_row n
    group by n.tenant_id;
  elsif tg_op = 'UPDATE' then
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
  else
    -- Whoever removes a channel or an incident removes what waited with it. A tenant that goes takes its tally along.
    insert into alerting.tally (tenant_id, suppressed)
    select o.tenant_id, count(*)
    from old_row o
    join fleet.tenant t on t.tenant_id = o.tenant_id
    where o.state in ('held', 'pending', 'claimed')
    group by o.tenant_id;
  end if;
  return null;
end
$$;
comment on function alerting.count_notifications() is
'Counts in alerting.tally what a statement did to the outbox: raised by insert, sent, suppressed and dead as they come to their end. What is removed before its end counts as suppressed.';

create or replace trigger _500_count_inserted
  after insert on alerting.notification
  referencing new table as new_row
  for each statement execute function alerting.count_notifications();

create or replace trigger _500_count_updated
  after update on alerting.notification
  referencing old table as old_row new table as new_row
  for each statement execute function alerting.count_notifications();

create or replace trigger _500_count_deleted
  after delete on alerting.notification
  referencing old table as old_row
  for each statement execute function alerting.count_notifications();
