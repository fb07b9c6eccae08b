create or replace function api.final_schedule(schedule text, "from" timestamptz, "to" timestamptz)
returns table (from_ts timestamptz, to_ts timestamptz, people text[], source text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id int := auth.tenant_id();
  v_schedule_id int := alerting.find_schedule(v_tenant_id, final_schedule.schedule);
begin
  perform alerting.refuse_long_range(final_schedule."from", final_schedule."to");
  return query
  select f.from_ts, f.to_ts, f.people, f.source
  from alerting.final_schedule(v_tenant_id, v_schedule_id, final_schedule."from", final_schedule."to") f
  order by f.from_ts;
end
$$;
comment on function api.final_schedule(text, timestamptz, timestamptz) is
$$Who is on call when
What layers, overrides and absences come to over a range of 400 days at most: rows without a gap between them, each from inclusive, to exclusive. When nobody is on call people is empty and source gap.$$;
