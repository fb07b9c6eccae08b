"""Who is on call, worked out one instant at a time from Python's zoneinfo: slow, plain, and without a line of the SQL."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

FIRST, LAST = datetime(1969, 12, 31, tzinfo=UTC), datetime(2037, 12, 31, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@cache
def changes(zone):
    """Every instant at which the clocks of a zone change, to the second."""
    info = ZoneInfo(zone)
    found = []
    at = FIRST
    before = at.astimezone(info).utcoffset()
    while at < LAST:
        # No zone changes twice in less than this.
        later = at + 12 * HOUR
        after = later.astimezone(info).utcoffset()
        if after != before:
            low, high = at, later
            while high - low > SECOND:
                middle = low + timedelta(seconds=(high - low) // SECOND // 2)
                if middle.astimezone(info).utcoffset() == before:
                    low = middle
                else:
                    high = middle
            found.append(high)
        at, before = later, after
    return found


def local(instant, zone):
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def instant_of(wall, zone):
    """A local time that is skipped is the first instant after the gap, one that comes twice its first occurrence."""
    early = wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    if local(early, zone) == wall:
        return early
    after_gap = [t for t in changes(zone) if early - 2 * DAY < t <= early]
    return after_gap[-1]


def month_later(start, months):
    """So many months after start, on the last day of a month that is too short."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - DAY).day
    return start.replace(year=year, month=month, day=min(start.day, last))


@dataclass
class Restriction:
    weekdays: list | None
    from_time: time
    to_time: time


@dataclass
class Layer:
    layer_id: int
    name: str
    priority: int
    zone: str
    unit: str
    length: int
    start: datetime
    slots: list
    effective_from: datetime
    effective_until: datetime | None
    restrictions: list = field(default_factory=list)

    def prepare(self, last):
        """All turns and all windows until then."""
        self.turns = []
        while not self.turns or self.turns[-1] < last:
            n = len(self.turns) * self.length
            wall = month_later(self.start, n) if self.unit == "month" else self.start + n * timedelta(**{self.unit + "s": 1})
            self.turns.append(instant_of(wall, self.zone))
        self.windows = []
        day = self.effective_from.date() - 3 * DAY
        while self.restrictions and day < last.date() + 3 * DAY:
            for r in self.restrictions:
                if r.weekdays is None or day.isoweekday() in r.weekdays:
                    end = day if r.to_time > r.from_time else day + DAY
                    self.windows.append((instant_of(datetime.combine(day, r.from_time), self.zone),
                                         instant_of(datetime.combine(end, r.to_time), self.zone)))
            day += DAY
        self.windows.sort()
        self.window_starts = [w[0] for w in self.windows]

    def counts(self, at):
        if at < self.effective_from or (self.effective_until is not None and at >= self.effective_until) or at < self.turns[0]:
            return False
        if not self.restrictions:
            return True
        # A window lasts 25 hours at most, and no layer has more than a few a day.
        n = bisect_right(self.window_starts, at)
        return any(start <= at < end for start, end in self.windows[max(n - 20, 0):n])

    def members(self, at):
        return self.slots[(bisect_right(self.turns, at) - 1) % len(self.slots)]

    def instants(self):
        yield self.effective_from
        if self.effective_until is not None:
            yield self.effective_until
        yield from self.turns
        for window in self.windows:
            yield from window


@dataclass
class Override:
    kind: str
    person_in: int | None
    person_out: int | None
    start: datetime
    end: datetime


@dataclass
class Schedule:
    schedule_id: int
    zone: str
    layers: list
    overrides: list
    # Who is away from when to when; None for ever, because inactive.
    absences: dict
    fallback: int | None
    # (until, person), in order.
    former_fallbacks: list = field(default_factory=list)

    def away(self, person, at):
        return any(start <= at and (end is None or at < end) for start, end in self.absences.get(person, ()))

    def inactive(self, person, at):
        return any(end is None and start <= at for start, end in self.absences.get(person, ()))

    def standing_in(self, at, kind, person_out):
        for o in self.overrides:
            if o.kind == kind and o.person_out == person_out and o.start <= at < o.end and not self.away(o.person_in, at):
                yield o.person_in

    def removed(self, person, at):
        return any(o.kind == "remove" and o.person_out == person and o.start <= at < o.end for o in self.overrides)

    def layered(self, at):
        for priority in sorted({layer.priority for layer in self.layers}, reverse=True):
            found = {}
            for layer in self.layers:
                if layer.priority != priority or not layer.counts(at):
                    continue
                for person in layer.members(at):
                    others = list(self.standing_in(at, "replace", person))
                    for other in others:
                        found.setdefault(other, set()).add("override")
                    if not others and not self.removed(person, at) and not self.away(person, at):
                        found.setdefault(person, set()).add("layer:" + layer.name)
            if found:
                return found
        return {}

    def on_call(self, at):
        """(person, source) for each, in the order of their ids."""
        everybody = list(self.standing_in(at, "replace", None))
        found = {} if everybody else self.layered(at)
        for person in everybody + list(self.standing_in(at, "add", None)):
            found.setdefault(person, set()).add("override")
        if found:
            return [(person, min(sources)) for person, sources in sorted(found.items())]
        fallback = next((person for until, person in self.former_fallbacks if at < until), self.fallback)
        if fallback is None or self.inactive(fallback, at):
            return []
        return [(fallback, "fallback")]

    def instants(self):
        for layer in self.layers:
            yield from layer.instants()
        for o in self.overrides:
            yield from (o.start, o.end)
        for spans in self.absences.values():
            for span in spans:
                yield from (t for t in span if t is not None)
        yield from (until for until, _ in self.former_fallbacks)

    def final(self, start, end):
        """The rows that the range resolves to: (from, to, people, source)."""
        for layer in self.layers:
            layer.prepare(end)
        rows = []
        for at in sorted({start, *(t for t in self.instants() if start < t < end)}):
            found = self.on_call(at)
            row = ([p for p, _ in found], " + ".join(sorted({s for _, s in found})) or "gap")
            if not rows or rows[-1][1:] != row:
                rows.append((at, *row))
        ends = [row[0] for row in rows[1:]] + [end]
        return [(at, until, people, source) for (at, people, source), until in zip(rows, ends)]
