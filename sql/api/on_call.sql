create or replace function api.on_call(schedule text, at timestamptz default now())
returns table (person text, display_name text, source text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_schedule_id int := alerting.find_schedule(v_tenant_id, on_call.schedule);
begin
  if not coalesce(isfinite(on_call.at), false) then
    raise exception using
      errcode = '22023',
      message = 'at is an instant',
      hint = 'Give it as an ISO 8601 timestamp, or leave it out for now.';
  end if;
  return query
  select p.name, case when auth.sees_personal_data() then p.display_name else auth.masked(p.display_name) end, o.source
  from alerting.on_call_at(v_tenant_id, v_schedule_id, on_call.at) o
  join alerting.person p on p.tenant_id = v_tenant_id and p.person_id = o.person_id
  order by p.name;
end
$$;
comment on function api.on_call(text, timestamptz) is
$$Who is on call at an instant
Now, or then: a row for each person, none when there is nobody. source says why: override, layer:NAME or fallback.$$;
