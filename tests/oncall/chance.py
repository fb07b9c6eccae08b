"""Schedules by chance, the same in every run, with a taste for what is difficult: small hours, ends of months, gaps."""

import random
from datetime import UTC, datetime, time, timedelta
from itertools import count

import oracle
from oracle import DAY, HOUR, Layer, Override, Restriction, Schedule

ids = count(1_000_001)
MINUTES = (0, 0, 0, 15, 30, 45)


def wall_time(chance):
    # Clocks change in the small hours.
    hour = chance.choice((0, 1, 2, 3, chance.randrange(24)))
    return time(hour, chance.choice(MINUTES))


def between(chance, start, end):
    return start + timedelta(seconds=chance.randrange(int((end - start).total_seconds())))


def near_a_change(chance, zone, start, end):
    """An instant within a day of one at which the clocks change, if there are any."""
    near = [t for t in oracle.changes(zone) if start + 2 * DAY < t < end - 2 * DAY]
    if not near:
        return between(chance, start, end)
    return chance.choice(near) + timedelta(minutes=15 * chance.randrange(-96, 97))


def restriction(chance):
    weekdays = None if chance.random() < 0.4 else sorted(chance.sample(range(1, 8), chance.randrange(1, 7)))
    # Many go over midnight; equal times are a whole day.
    return Restriction(weekdays, wall_time(chance), wall_time(chance))


def layer(chance, zone, people, start, end, name, years_long):
    unit = chance.choice(("hour", "day", "week", "month"))
    length = chance.choice({"hour": (7, 8, 12, 24, 36), "day": (1, 1, 2, 5), "week": (1, 1, 2), "month": (1, 1, 3)}[unit])
    first = datetime.combine(between(chance, start - 400 * DAY, start + 200 * DAY).date(), wall_time(chance))
    if unit == "month" and chance.random() < 0.6:
        first = oracle.month_later(first.replace(day=1, month=1), chance.choice((0, 2, 4, 6))).replace(day=chance.choice((29, 30, 31)))
    slots = [chance.sample(people, chance.choice((0, 1, 1, 1, 2))) for _ in range(chance.randrange(1, 6))]
    begins, ends = (start - 800 * DAY, None) if years_long else sorted(between(chance, start, end) for _ in range(2))
    return Layer(next(ids), name, chance.randrange(-2, 4), zone, unit, length, first, slots, begins, ends,
                 [restriction(chance) for _ in range(chance.choice((0, 0, 1, 1, 2)))])


def overrides(chance, zone, people, start, end):
    """Some of each kind, none that contradict one another."""
    made = []
    for _ in range(40):
        kind = chance.choice(("add", "remove", "replace", "replace"))
        who, other = chance.sample(people, 2)
        begins = near_a_change(chance, zone, start, end) if chance.random() < 0.5 else between(chance, start, end)
        o = Override(kind, None if kind == "remove" else other,
                     None if kind == "add" or kind == "replace" and chance.random() < 0.3 else who, begins,
                     begins + timedelta(minutes=chance.choice((30, 90, 600, 3000, 20000))))
        rival = [x for x in made if (x.kind == "add") == (kind == "add") and x.start < o.end and o.start < x.end
                 and (x.person_in == o.person_in if kind == "add" else x.person_out == o.person_out)]
        if not rival:
            made.append(o)
    return made


def schedule(seed, zone, people, start, end, always_somebody):
    chance = random.Random(seed)
    *people, fallback = people
    layers = [layer(chance, zone, people, start, end, f"l{n}", n < 3) for n in range(chance.randrange(1, 7))]
    # A second version of the first layer, from one instant on.
    if chance.random() < 0.5:
        changed = near_a_change(chance, zone, start, end)
        again = layer(chance, zone, people, start, end, layers[0].name, True)
        layers[0].effective_until = again.effective_from = changed
        layers.append(again)
    absences = {}
    for _ in range(40):
        begins = near_a_change(chance, zone, start, end)
        absences.setdefault(chance.choice([*people, fallback]), []).append((begins, begins + chance.choice((5 * HOUR, 3 * DAY, 21 * DAY))))
    if chance.random() < 0.5:
        absences.setdefault(chance.choice(people), []).append((between(chance, start, end), None))
    former = []
    if not always_somebody and chance.random() < 0.4:
        former = sorted((between(chance, start, end), chance.choice([None, *people])) for _ in range(2))
    return Schedule(next(ids), zone, layers, overrides(chance, zone, people, start, end), absences,
                    fallback if always_somebody or chance.random() < 0.6 else None, former)


def plain(zone, people, unit, start, length=1):
    """One layer, somebody else each turn."""
    only = Layer(next(ids), "only", 1, zone, unit, length, start, [[p] for p in people], datetime(1970, 1, 1, tzinfo=UTC), None)
    return Schedule(next(ids), zone, [only], [], {}, None)
