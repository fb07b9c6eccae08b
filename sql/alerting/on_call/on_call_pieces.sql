create or replace function alerting.on_call_pieces(tenant int, schedule int, from_ts timestamptz, to_ts timestamptz)
returns table (at timestamptz, person_id int, source text)
language plpgsql stable rows 100
as $$
begin
  return query
  with layer as materialized (
    select l.layer_id, l.name, l.priority, l.time_zone, l.unit, l.length, l.slot_count, l.start_date + l.handoff_time as start,
      greatest(l.effective_from, on_call_pieces.from_ts) as from_ts, least(l.effective_until, on_call_pieces.to_ts) as to_ts
    from alerting.schedule_layer l
    where l.tenant_id = tenant and l.schedule_id = schedule and l.effective_from < on_call_pieces.to_ts
      and coalesce(l.effective_until > greatest(l.effective_from, on_call_pieces.from_ts), true)
  ),
  -- Turns that begin within the range, and the one that is under way at its beginning. Turns of no length, in the gap of a
  -- change of the clocks, begin at the same instant as the next. A local time that comes twice puts turns that have begun
  -- up to a day after the time that it is.
  turn as materialized (
    select l.layer_id, greatest(t.at, l.from_ts) as at, k.turn
    from layer l
    cross join lateral pg_catalog.generate_series(
      greatest(alerting.rotation_turn(l.start, l.unit, l.length, l.from_ts at time zone l.time_zone), 0),
      alerting.rotation_turn(l.start, l.unit, l.length, (l.to_ts at time zone l.time_zone) + interval '1 day')) k (turn)
    cross join lateral (select alerting.instant_of(alerting.rotation_start(l.start, l.unit, l.length, k.turn), l.time_zone)) t (at)
    where t.at < l.to_ts
  ),
  -- When each layer counts. A day begins up to two days before or one after the day that it is, in the same way.
  counting as materialized (
    select l.layer_id, pg_catalog.unnest(
      case when exists (select from alerting.layer_restriction r where r.tenant_id = tenant and r.layer_id = l.layer_id) then (
        select pg_catalog.range_agg(pg_catalog.tstzrange(
          alerting.instant_of(d.day + r.from_time, l.time_zone),
          alerting.instant_of(d.day + (r.to_time <= r.from_time)::int + r.to_time, l.time_zone)))
        from alerting.layer_restriction r
        cross join lateral (
          select (l.from_ts at time zone l.time_zone)::date + n.n
          from pg_catalog.generate_series(-2, (l.to_ts at time zone l.time_zone)::date - (l.from_ts at time zone l.time_zone)::date + 1) n (n)
        ) d (day)
        where r.tenant_id = tenant and r.layer_id = l.layer_id
          and coalesce(extract(isodow from d.day)::int = any (r.weekdays), true)
      ) else '{(,)}' end * pg_catalog.tstzmultirange(pg_catalog.tstzrange(l.from_ts, l.to_ts))) as span
    from layer l
  ),
  override as materialized (
    select o.kind, o.person_in, o.person_out, o.from_ts, o.to_ts
    from alerting.schedule_override o
    where o.tenant_id = tenant and o.schedule_id = schedule and o.from_ts < on_call_pieces.to_ts and o.to_ts > on_call_pieces.from_ts
  ),
  away as materialized (
    select u.person_id, u.from_ts, u.to_ts, false as inactive
    from alerting.unavailability u
    where u.tenant_id = tenant and u.from_ts < on_call_pieces.to_ts and u.to_ts > on_call_pieces.from_ts
      and (u.person_id in (select m.person_id from layer l join alerting.layer_member m on m.tenant_id = tenant and m.layer_id = l.layer_id)
        or u.person_id in (select o.person_in from override o))
    union all
    select p.person_id, p.inactive_since, 'infinity', true
    from alerting.person p
    where p.tenant_id = tenant and p.inactive_since < on_call_pieces.to_ts
  ),
  fallback as materialized (
    select f.person_id, coalesce(pg_catalog.lag(f.until_ts) over by_time, '-infinity') as from_ts, f.until_ts as to_ts
    from (
      select f.person_id, f.until_ts from alerting.former_fallback f where f.tenant_id = tenant and f.schedule_id = schedule
      union all
      select s.fallback_person_id, 'infinity' from alerting.schedule s where s.tenant_id = tenant and s.schedule_id = schedule
    ) f
    window by_time as (order by f.until_ts)
  ),
  -- Every instant at which who is on call may change.
  instant as materialized (
    select i.at
    from (
      select on_call_pieces.from_ts
      union select l.from_ts from layer l
      union select l.to_ts from layer l
      union select t.at from turn t
      union select pg_catalog.lower(c.span) from counting c
      union select pg_catalog.upper(c.span) from counting c
      union select o.from_ts from override o
      union select o.to_ts from override o
      union select a.from_ts from away a
      union select a.to_ts from away a
      union select f.from_ts from fallback f
    ) i (at)
    where i.at >= on_call_pieces.from_ts and i.at < on_call_pieces.to_ts
  ),
  -- What is known of each layer at each instant: turns only go up, and spans of one layer do not overlap.
  layer_state as (
    select s.layer_id, s.at, pg_catalog.max(s.turn) over so_far as turn, pg_catalog.sum(s.step) over so_far as counts
    from (
      select e.layer_id, e.at, pg_catalog.max(e.turn) as turn, pg_catalog.sum(e.step) as step
      from (
        select t.layer_id, t.at, t.turn, 0 as step from turn t
        union all select c.layer_id, pg_catalog.lower(c.span), null, 1 from counting c
        union all select c.layer_id, pg_catalog.upper(c.span), null, -1 from counting c
        union all select l.layer_id, i.at, null, 0 from layer l join instant i on i.at >= l.from_ts and i.at < l.to_ts
      ) e
      group by e.layer_id, e.at
    ) s
    window so_far as (partition by s.layer_id order by s.at)
  ),
  -- Overrides first, so that whoever is replaced may be away; whoever is to come may not.
  placed as (
    select s.at, l.priority, coalesce(o.person_in, m.person_id) as person_id,
      case when o.person_in is null then 'layer:' || l.name else 'override' end as source
    from layer_state s
    join layer l on l.layer_id = s.layer_id and s.at < l.to_ts
    join alerting.layer_member m on m.tenant_id = tenant and m.layer_id = l.layer_id and m.slot = s.turn % l.slot_count + 1
    left join override o on o.person_out = m.person_id and o.from_ts <= s.at and o.to_ts > s.at
      and not exists (select from away a where a.person_id = o.person_in and a.from_ts <= s.at and a.to_ts > s.at)
    where s.counts > 0 and o.kind is distinct from 'remove'
      and (o.person_in is not null
        or not exists (select from away a where a.person_id = m.person_id and a.from_ts <= s.at and a.to_ts > s.at))
  ),
  standing_in as materialized (
    select i.at, o.person_in as person_id, o.kind
    from instant i
    join override o on o.person_in is not null and o.person_out is null and o.from_ts <= i.at and o.to_ts > i.at
    where not exists (select from away a where a.person_id = o.person_in and a.from_ts <= i.at and a.to_ts > i.at)
  ),
  chosen as materialized (
    select c.at, c.person_id, pg_catalog.min(c.source collate "C") as source
    from (
      select p.at, p.person_id, p.source
      from (select x.*, pg_catalog.max(x.priority) over (partition by x.at) as highest from placed x) p
      where p.priority = p.highest
        -- Not in, which is hashed however few rows are expected.
        and p.at not in (select r.at from standing_in r where r.kind = 'replace')
      union all
      select r.at, r.person_id, 'override' from standing_in r
    ) c
    group by c.at, c.person_id
  )
  select i.at, coalesce(c.person_id, f.person_id),
    case when c.person_id is not null then c.source when f.person_id is not null then 'fallback' else 'gap' end
  from instant i
  left join chosen c on c.at = i.at
  left join fallback f on c.person_id is null and f.from_ts <= i.at and f.to_ts > i.at
    and not exists (select from away a where a.inactive and a.person_id = f.person_id and a.from_ts <= i.at);
end
$$;
comment on function alerting.on_call_pieces(int, int, timestamptz, timestamptz) is
'Who is on call from each instant of a range on at which that may change, until the next one; the first is the beginning of the range. A row for each person, or one with person_id null and source gap. What alerting.on_call_at and alerting.final_schedule answer from, so that they agree. A range that is not empty and finite is the caller''s to see to.';
