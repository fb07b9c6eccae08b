create or replace function api.fairness("from" timestamptz, "to" timestamptz, schedule text default null)
returns table (person text, shifts bigint, hours float8, night_hours float8, weekend_hours float8)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_schedule_id int := case when fairness.schedule is not null then alerting.find_schedule(v_tenant_id, fairness.schedule) end;
begin
  perform alerting.refuse_long_range(fairness."from", fairness."to");
  return query
  select f.person, f.shifts, f.hours, f.night_hours, f.weekend_hours
  from alerting.fairness(v_tenant_id, v_schedule_id, fairness."from", fairness."to") f
  order by f.person;
end
$$;
comment on function api.fairness(timestamptz, timestamptz, text) is
$$Who is on call how much
Over a range of 400 days at most, in one schedule or in all: stretches without a break, hours, and hours of these at night (22:00 to 06:00) and on Saturdays and Sundays in the person's own time zone.$$;
