create or replace function alerting.fairness(tenant int, schedule int, "from" timestamptz, "to" timestamptz)
returns table (person_id int, person text, shifts bigint, hours float8, night_hours float8, weekend_hours float8)
language sql stable rows 20
as $$
  with shift as materialized (
    select s.schedule_id, m.person_id, pg_catalog.range_agg(pg_catalog.tstzrange(f.from_ts, f.to_ts)) as spans
    from alerting.schedule s
    cross join lateral alerting.final_schedule(tenant, s.schedule_id, "from", "to") f
    cross join lateral pg_catalog.unnest(f.person_ids) m (person_id)
    where s.tenant_id = tenant and (fairness.schedule is null or s.schedule_id = fairness.schedule)
    group by s.schedule_id, m.person_id
  ),
  zone as materialized (
    select z.time_zone,
      pg_catalog.range_agg(pg_catalog.tstzrange(alerting.instant_of(d.day + time '22:00', z.time_zone), alerting.instant_of(d.day + 1 + time '06:00', z.time_zone))) as nights,
      pg_catalog.range_agg(pg_catalog.tstzrange(alerting.instant_of(d.day + time '00:00', z.time_zone), alerting.instant_of(d.day + 1 + time '00:00', z.time_zone)))
        filter (where extract(isodow from d.day) in (6, 7)) as weekends
    from (
      select distinct p.time_zone
      from alerting.person p
      where p.tenant_id = tenant and p.person_id in (select h.person_id from shift h)
    ) z
    cross join lateral (
      select ("from" at time zone z.time_zone)::date + n.n
      from pg_catalog.generate_series(-2, ("to" at time zone z.time_zone)::date - ("from" at time zone z.time_zone)::date + 1) n (n)
    ) d (day)
    group by z.time_zone
  )
  select p.person_id, p.name, pg_catalog.sum((select pg_catalog.count(*) from pg_catalog.unnest(h.spans)))::bigint, pg_catalog.sum(alerting.hours_of(h.spans)),
    pg_catalog.sum(alerting.hours_of(h.spans * z.nights)), pg_catalog.sum(alerting.hours_of(h.spans * z.weekends))
  from shift h
  join alerting.person p on p.tenant_id = tenant and p.person_id = h.person_id
  join zone z on z.time_zone = p.time_zone
  group by p.person_id, p.name
  order by p.person_id
$$;
comment on function alerting.fairness(int, int, timestamptz, timestamptz) is
'How much each person is on call over a range, in one schedule or (null) in all, each counted by itself: stretches without a break, hours, hours of these between 22:00 and 06:00 and on Saturdays and Sundays, in the person''s own time zone. The fallback counts while on call. People who never are have no row. Errors of alerting.final_schedule.';
