create or replace function alerting.due_handoffs(tenant int, from_ts timestamptz, to_ts timestamptz)
returns table (schedule_id int, at timestamptz, on_person_ids int[], off_person_ids int[], person_ids int[])
language sql stable rows 10
as $$
  select h.schedule_id, h.from_ts,
    array(select x from pg_catalog.unnest(h.person_ids) x where x <> all (h.before) order by x),
    array(select x from pg_catalog.unnest(h.before) x where x <> all (h.person_ids) order by x),
    h.person_ids
  from (
    select s.schedule_id, f.from_ts, f.person_ids, pg_catalog.lag(f.person_ids) over (partition by s.schedule_id order by f.from_ts) as before
    from alerting.schedule s
    cross join lateral alerting.final_schedule(tenant, s.schedule_id, due_handoffs.from_ts, due_handoffs.to_ts + interval '1 microsecond') f
    where s.tenant_id = tenant
  ) h
  where h.person_ids <> h.before
  order by h.from_ts, h.schedule_id
$$;
comment on function alerting.due_handoffs(int, timestamptz, timestamptz) is
'Who goes on and who goes off call, and who then is, at each instant after from_ts up to and including to_ts, for all schedules of a tenant; so that asking again from to_ts on leaves nothing out and says nothing twice. An override takes effect when its transaction began and is seen when it has ended, so whoever asks up to now may miss it: ask up to a few seconds ago. Errors of alerting.final_schedule.';
