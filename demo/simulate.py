"""A device's days, quarter of an hour by quarter of an hour: use, charging, warmth, wear, and faults on top."""

import math
from datetime import timedelta

STEP = timedelta(minutes=15)
HOURS = STEP / timedelta(hours=1)


# Hardly a fault shows in one metric alone: what drains, fills up or crashes keeps the processor busy as well.
EXTRA_CPU = {"battery drain": (18, 30), "overheating": (45, 60), "storage filling": (15, 25), "crash loop": (8, 20)}


def bump(hour, begin, end, edge=0.75):
    """0 outside begin..end, 1 inside, with soft edges."""
    return 1 / (1 + math.exp(-(hour - begin) / edge * 3)) * (1 / (1 + math.exp((hour - end) / edge * 3)))


def activity(profile, weekday, hour):
    """How busy such a device is at that local time, 0 to 1."""
    if profile == "phone":
        if weekday < 5:
            return 0.9 * bump(hour, 7.5, 18) * (1 - 0.5 * bump(hour, 12, 13, 0.4)) + 0.2 * bump(hour, 18, 22) + 0.02
        return 0.25 * bump(hour, 9, 22) + 0.02
    if weekday < 5 or weekday == 5 and hour < 14:
        return 0.95 * bump(hour, 6, 22, 0.5) * (1 - 0.7 * bump(hour, 13.75, 14.4, 0.2)) * (
            1 - 0.4 * bump(hour, 9.5, 9.9, 0.2)
        ) + 0.01
    return 0.01


def poisson(chance, mean):
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


class Life:
    """The state of one device, advanced step by step."""

    def __init__(self, device, faults):
        self.device = device
        self.faults = faults
        self.chance = device.random("life")
        c = self.chance
        self.place = c.gauss(0, 3)  # better or worse reception where it is used
        self.habit = c.gauss(0, 0.5)  # hours by which its user is late
        self.diligence = c.uniform(0.8, 1.1)
        self.wear = c.uniform(0.95, 1.2)  # of the battery
        self.storage_clean = c.uniform(35, 70)
        self.storage = self.storage_clean - c.uniform(0, 3)
        self.battery = c.uniform(60, 100)
        self.temperature = 24.0
        self.grown = 0.0  # memory since the last restart
        self.leaked = 0.0
        self.use = 0.0
        self.fading = 0.0
        self.dip = 0
        self.plugged = False
        self.forgotten = False
        self.offline = 0
        self.fault = None

    def step(self, at):
        """The values in the order of the profile (None: not reported), or None when the device sent nothing."""
        c, m, phone = self.chance, self.device.model, self.device.profile == "phone"
        local = at + timedelta(hours=self.device.site.utc_offset + self.habit)
        hour = local.hour + local.minute / 60
        fault = next((f.kind for f in self.faults if f.active(at)), None)
        if self.fault and fault != self.fault:
            self.repaired()
        self.fault = fault

        self.use = 0.7 * self.use + c.gauss(0, 0.12)
        busy = max(0.0, min(1.2, activity(self.device.profile, local.weekday(), hour) * self.diligence * (1 + self.use)))

        cpu = 4 + 36 * busy * c.uniform(0.8, 1.2) + abs(c.gauss(0, 1.5))
        cpu += c.uniform(*EXTRA_CPU.get(fault, (0, 0))) + 0.5 * self.leaked
        cpu = min(cpu, 100.0)

        self.charge(busy, hour, fault)
        self.warm(at, hour, cpu, fault)
        memory = self.remember(busy, hour, fault)
        self.store(busy, local, fault)
        signal = self.receive(fault)

        data = (20 if phone else 6) * busy * math.exp(c.gauss(0, 0.35)) + c.uniform(0.05, 0.4)
        reconnects = poisson(c, 0.08 + 0.25 * busy + (1.0 if signal < (-98 if phone else -78) else 0))
        if fault == "signal loss":
            data *= 0.05
            reconnects += poisson(c, 4)
        crashes = poisson(c, 0.01 + 0.04 * busy)
        if fault == "crash loop":
            crashes += poisson(c, 5)
        elif fault == "memory leak" and memory > 95:
            crashes += poisson(c, 1.5)

        values = [
            round(self.battery),
            1.0 if self.plugged else 0.0,
            round(self.temperature, 1),
            round(cpu, 1),
            round(memory, 1),
            round(self.storage, 2),
            round(signal),
            round(data, 2),
            float(reconnects),
            float(crashes),
        ]
        if phone:
            values.append(round(min(15.0, 13 * busy * c.uniform(0.6, 1.2)), 1))
        else:
            scans = poisson(c, 90 * busy * (0.3 if fault in ("crash loop", "signal loss") else 1))
            values += [float(scans), float(poisson(c, 0.02 * scans))]
        return self.report(values)

    def charge(self, busy, hour, fault):
        c, m, phone = self.chance, self.device.model, self.device.profile == "phone"
        night = hour >= 22 or hour < (6.5 if phone else 5.75)
        if 21.9 <= hour < 22.15:
            self.forgotten = c.random() < 0.04
        on_charger = night and not self.forgotten or not phone and (busy < 0.05 or 13.9 <= hour < 14.3)
        if not on_charger:
            # Whoever sees an almost empty battery looks for a plug, and unplugs when it will do.
            if self.battery < 18 and c.random() < 0.5:
                self.plugged = True
            elif self.plugged and self.battery > c.uniform(55, 80):
                self.plugged = False
            elif self.battery >= 18 and self.plugged is None:
                self.plugged = False
            on_charger = bool(self.plugged) and self.battery < 80
        self.plugged = on_charger
        used = ((0.6 + 6.5 * busy) if phone else (0.5 + 4.5 * busy)) * m.drain * self.wear * c.uniform(0.85, 1.15)
        if fault == "battery drain":
            used += 13 * c.uniform(0.9, 1.1)
        elif fault == "overheating":
            used += 4
        if on_charger:
            speed = 32 * m.charge * (1 if self.battery < 80 else max(0.15, (102 - self.battery) / 25))
            used -= speed
        self.battery = max(1.0, min(100.0, self.battery - used * HOURS))

    def warm(self, at, hour, cpu, fault):
        ambient = 21 + 2.5 * math.sin((hour - 9) / 24 * 2 * math.pi)
        target = ambient + 0.16 * cpu + (4.5 if self.plugged and self.battery < 96 else 0) + self.device.model.warmth
        if fault == "overheating":
            target += 7
        self.temperature += 0.5 * (target - self.temperature) + self.chance.gauss(0, 0.35)

    def remember(self, busy, hour, fault):
        if 3 <= hour < 3.25:
            self.grown = self.leaked = 0.0
        self.grown += 0.3 * HOURS
        if fault == "memory leak":
            self.leaked += 6 * HOURS * self.chance.uniform(0.8, 1.2)
        idle = self.device.model.memory
        shaky = self.chance.gauss(0, 6) if fault == "crash loop" else 0
        return max(10.0, min(98.5, idle + 16 * busy + self.grown + self.leaked + shaky + self.chance.gauss(0, 1.3)))

    def store(self, busy, local, fault):
        self.storage -= 0.03 * busy * self.chance.uniform(0.3, 1.7)
        if fault == "storage filling":
            self.storage -= 4.5 * HOURS * self.chance.uniform(0.7, 1.3)
        self.storage = max(0.3, self.storage)
        if local.weekday() == 6 and 4 <= local.hour < 5:
            # Old files go once a week, over an hour.
            self.storage += (self.storage_clean - self.storage) * 0.5

    def receive(self, fault):
        c = self.chance
        self.fading = 0.75 * self.fading + c.gauss(0, 2)
        if self.dip == 0 and c.random() < 0.008:
            self.dip = c.randrange(1, 4)
        self.dip = max(0, self.dip - 1)
        signal = self.device.model.signal + self.place + self.fading - (10 if self.dip else 0)
        if fault == "signal loss":
            signal -= 27
        return max(-120.0, signal)

    def repaired(self):
        """Somebody noticed: the device is restarted or cleaned up."""
        if self.fault == "storage filling":
            self.storage = self.storage_clean - self.chance.uniform(0, 2)
        elif self.fault in ("memory leak", "crash loop"):
            self.grown = self.leaked = 0.0

    def report(self, values):
        c = self.chance
        if self.offline:
            self.offline -= 1
            return None
        if c.random() < 0.0015:
            self.offline = c.randrange(1, 12)
        if c.random() < 0.004:
            return None
        return [None if c.random() < 0.01 else v for v in values]


def readings(device, faults, first, end):
    """Yields (time, values) from first to end; the device has lived for a day before."""
    life = Life(device, [f for f in faults if f.device == device.external_id])
    at = first - timedelta(days=1)
    while at <= end:
        values = life.step(at)
        if at >= first and values is not None and any(v is not None for v in values):
            yield at, values
        at += STEP
