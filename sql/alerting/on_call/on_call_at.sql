create or replace function alerting.on_call_at(tenant int, schedule int, ts timestamptz) returns table (person_id int, source text)
language sql stable rows 2
as $$
  select p.person_id, p.source
  from alerting.on_call_pieces(tenant, schedule, ts, ts + interval '1 microsecond') p
  where p.person_id is not null
  order by p.person_id
$$;
comment on function alerting.on_call_at(int, int, timestamptz) is
$$Who is on call at an instant: a row a person, in the order of their ids; none when there is nobody, or no such schedule. Depends on nothing but its arguments and the tables. source says why: override, layer:NAME or fallback.
Of the layers, the highest that has somebody decides (those of equal priority together): the members of the slot whose turn it is, when the layer's restrictions let it count. A member whom an override replaces is the other person; one whom an override removes, who is unavailable or who is inactive is passed over, and when nobody is left the next layer decides. A replacement without a named person takes the place of everybody. Whom an override adds is on call besides. Somebody who is to come by an override but is away themself does not, and whoever they were to replace stays. When there is still nobody it is the fallback, also while unavailable. Inactive people never are.
Turns begin at local times of the layer's zone, counted in calendar units from its start; alerting.instant_of says when that is where clocks change. So a daily handoff at 09:00 stays at 09:00, a turn lasts 23 or 25 hours when the clocks change, an hourly turn that the clocks skip has no length, and the hour that comes twice belongs to whoever had it first. A turn ends when the next begins.$$;
