create or replace function alerting.final_schedule(tenant int, schedule int, "from" timestamptz, "to" timestamptz)
returns table (from_ts timestamptz, to_ts timestamptz, person_ids int[], people text[], source text)
language plpgsql stable rows 100
as $$
begin
  if not coalesce(pg_catalog.isfinite("from") and pg_catalog.isfinite("to") and "from" < "to", false) then
    raise exception using
      errcode = '22023',
      message = 'from must be before to, and both finite',
      hint = 'Give both as ISO 8601 timestamps.';
  end if;
  return query
  with piece as (
    select p.at, coalesce(pg_catalog.array_agg(p.person_id order by p.person_id) filter (where p.person_id is not null), '{}') as person_ids,
      pg_catalog.string_agg(distinct p.source collate "C", ' + ' order by p.source collate "C") as source
    from alerting.on_call_pieces(tenant, schedule, "from", "to") p
    group by p.at
  ),
  change as (
    select c.at, c.person_ids, c.source
    from (
      select p.at, p.person_ids, p.source,
        (p.person_ids, p.source) is distinct from (pg_catalog.lag(p.person_ids) over by_time, pg_catalog.lag(p.source) over by_time) as changes
      from piece p
      window by_time as (order by p.at)
    ) c
    where c.changes
  )
  select c.at, pg_catalog.lead(c.at, 1, "to") over (order by c.at), c.person_ids,
    coalesce((
      select pg_catalog.array_agg(p.name order by p.person_id)
      from alerting.person p
      where p.tenant_id = tenant and p.person_id = any (c.person_ids)
    ), '{}'), c.source
  from change c
  order by c.at;
end
$$;
comment on function alerting.final_schedule(int, int, timestamptz, timestamptz) is
'Who is on call over a range, resolved: rows in order of time that tile the range, each from inclusive, to exclusive, and different from the next. person_ids and people (names) in the same order; empty for a gap; a schedule that does not exist is one. source as alerting.on_call_at gives it, several joined with " + ", or gap. At every instant the people are those of alerting.on_call_at. 22023 unless from is before to and both are finite.';
