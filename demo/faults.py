"""Which fault befalls which device, and when: the ground truth of the demonstration."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import fleet

# kind: what it is, shortest and longest duration in hours, and the local hours at which it may begin.
KINDS = {
    "battery drain": ("a background service keeps the battery draining", (5, 8), (8, 11)),
    "storage filling": ("a runaway log fills the storage", (6, 10), (7, 20)),
    "signal loss": ("the antenna is damaged", (2, 5), (7, 17)),
    "memory leak": ("an application never gives memory back", (5, 8), (7, 15)),
    "overheating": ("a process runs wild and heats the device", (2, 4), (9, 15)),
    "crash loop": ("an application crashes and restarts", (2, 4), (7, 17)),
}

HISTORY = timedelta(days=14)
# Models learn from the days before; every fault that counts lies after.
LEARNING = timedelta(days=10)

# How many faults of each kind; and those that begin shortly before the end, by minutes.
PER_KIND = {"acme": 5, "globex": 2}
RECENT = {"acme": [("overheating", 105), ("crash loop", 105)], "globex": []}
# Real histories are not clean: so many faults lie in the days that the models learn from, and are not counted.
UNNOTICED = {"acme": 3, "globex": 1}


@dataclass(frozen=True)
class Fault:
    tenant: str
    device: str
    kind: str
    starts: datetime
    ends: datetime
    counted: bool  # lies after the days that the models learn from

    def active(self, at):
        return self.starts <= at < self.ends


def plan(tenant, devices, end):
    """The faults of a tenant, at most one a device and day, for a history that ends at `end`."""
    chance = fleet.random.Random(f"{fleet.SEED}/{tenant}/faults")
    spare = list(devices)
    chance.shuffle(spare)
    made = []

    def add(kind, starts, hours, counted):
        ends = min(starts + timedelta(minutes=15 * round(hours * 4)), end + timedelta(minutes=15))
        made.append(Fault(tenant, spare.pop().external_id, kind, starts, ends, counted))

    def begin(kind, day, device):
        """A quarter of an hour at which the fault may begin on that device's local day."""
        earliest, latest = KINDS[kind][2]
        local = chance.randrange(earliest * 4, latest * 4) / 4
        return day.replace(hour=0, minute=0) + timedelta(hours=local - device.site.utc_offset)

    for kind, minutes in RECENT[tenant]:
        add(kind, end - timedelta(minutes=minutes), 3, True)
    learning_ends = end - HISTORY + LEARNING
    for number in range(PER_KIND[tenant]):
        for kind, (_, (shortest, longest), _) in KINDS.items():
            hours = chance.uniform(shortest, longest)
            while True:
                starts = begin(kind, learning_ends + timedelta(days=chance.randrange(0, 5)), spare[-1])
                if starts > learning_ends + timedelta(hours=3) and starts + timedelta(hours=hours + 3) < end:
                    break
            add(kind, starts, hours, True)
    for number in range(UNNOTICED[tenant]):
        kind = list(KINDS)[number % len(KINDS)]
        starts = begin(kind, end - HISTORY + timedelta(days=2 + 2 * number), spare[-1])
        add(kind, starts, KINDS[kind][1][0], False)
    return sorted(made, key=lambda f: f.starts)
