create or replace function ops.wait_for_quota() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Two that write the last one at once: the second waits here, and sees the first when it counts. Taken before the row is
  -- written: waiting with a row in hand would let the two wait for one another.
  perform from fleet.tenant t
  join ops.plan p on p.plan_name = t.plan_name
  where t.tenant_id = new.tenant_id
    and case tg_table_name when 'device' then p.max_devices else p.max_users end is not null
  for no key update of t;
  return new;
end
$$;
comment on function ops.wait_for_quota() is
'Lets one transaction at a time add devices, or users, to a tenant whose plan limits them. Owned by vigil_jobs, since plans belong to no tenant.';

create or replace function ops.keep_quota() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ops.refuse_over_quota(w.tenant_id, case tg_table_name when 'device' then 'devices' else 'users' end)
  from (select distinct x.tenant_id from written x where x.active) w;
  return null;
end
$$;
comment on function ops.keep_quota() is
'After a statement that adds rows: refuses, with PT403, more devices or users than the plan of their tenant allows. Owned by vigil_jobs, since plans belong to no tenant.';

create or replace function ops.keep_quota_of_row() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ops.refuse_over_quota(new.tenant_id, case tg_table_name when 'device' then 'devices' else 'users' end);
  return null;
end
$$;
comment on function ops.keep_quota_of_row() is
'Refuses, with PT403, to activate one device or user more than the plan of the tenant allows. Owned by vigil_jobs, since plans belong to no tenant.';

create or replace trigger _100_wait_for_quota
  before insert or update of active on fleet.device
  for each row when (new.active) execute function ops.wait_for_quota();
create or replace trigger _800_keep_quota
  after insert on fleet.device
  referencing new table as written
  for each statement execute function ops.keep_quota();
create or replace trigger _801_keep_quota
  after update of active on fleet.device
  for each row when (new.active and not old.active) execute function ops.keep_quota_of_row();
create or replace trigger _100_wait_for_quota
  before insert or update of active on auth.membership
  for each row when (new.active) execute function ops.wait_for_quota();
create or replace trigger _800_keep_quota
  after insert on auth.membership
  referencing new table as written
  for each statement execute function ops.keep_quota();
create or replace trigger _801_keep_quota
  after update of active on auth.membership
  for each row when (new.active and not old.active) execute function ops.keep_quota_of_row();
