create or replace function alerting.find_person(tenant int, name text, to_be_on_call boolean) returns int
language plpgsql stable
as $$
declare
  v_person_id int;
  v_active boolean;
begin
  select p.person_id, p.active into v_person_id, v_active
  from alerting.person p
  where p.tenant_id = tenant and p.name = find_person.name;
  if v_person_id is null then
    raise exception using
      errcode = '42704',
      message = pg_catalog.format('person "%s" does not exist', pg_catalog.left(name, 100)),
      hint = 'GET /people lists the people; POST /rpc/save_person makes one.';
  end if;
  if to_be_on_call and not v_active then
    raise exception using
      errcode = '22023',
      message = pg_catalog.format('person "%s" is inactive', name),
      hint = 'Name somebody else, or make them active with POST /rpc/save_person.';
  end if;
  return v_person_id;
end
$$;
comment on function alerting.find_person(int, text, boolean) is
'The person_id of a name. 42704 when there is none; 22023 for somebody inactive who is to be on call.';
