create or replace function alerting.find_schedule(tenant int, name text) returns int
language plpgsql stable
as $$
declare
  v_schedule_id int;
begin
  select s.schedule_id into v_schedule_id
  from alerting.schedule s
  where s.tenant_id = tenant and s.name = find_schedule.name;
  if v_schedule_id is null then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('schedule "%s" does not exist', pg_catalog.left(name, 100)),
      hint = 'GET /schedules lists the schedules; POST /rpc/save_schedule makes one.';
  end if;
  return v_schedule_id;
end
$$;
comment on function alerting.find_schedule(int, text) is
'The schedule_id of a name. 42704 when there is none.';
