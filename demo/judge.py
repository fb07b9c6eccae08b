"""What was found, held against what was done to the devices."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

# The longest window of a feature: so long does a fault show in the features after it has ended.
TAIL = timedelta(hours=2)


@dataclass
class Verdict:
    found: list  # faults that an anomaly of their device overlaps
    missed: list
    right: list  # anomalies that a fault of their device overlaps
    wrong: list
    unjudged: list  # anomalies on faults in the days that the models learned from

    @property
    def recall(self):
        return len(self.found) / len(self.found + self.missed)

    @property
    def precision(self):
        return len(self.right) / len(self.right + self.wrong) if self.right + self.wrong else 1.0

    def by_kind(self):
        """kind: (faults, found)"""
        faults = Counter(f.kind for f in self.found + self.missed)
        found = Counter(f.kind for f in self.found)
        return {kind: (count, found[kind]) for kind, count in sorted(faults.items())}


def overlaps(anomaly, fault):
    return (
        anomaly["device"] == fault.device
        and datetime.fromisoformat(anomaly["started_at"]) < fault.ends + TAIL
        and datetime.fromisoformat(anomaly["ended_at"]) >= fault.starts
    )


def judge(anomalies, faults):
    """Anomalies and faults of one tenant."""
    counted = [f for f in faults if f.counted]
    verdict = Verdict([], [], [], [], [])
    for fault in counted:
        (verdict.found if any(overlaps(a, fault) for a in anomalies) else verdict.missed).append(fault)
    for anomaly in anomalies:
        if any(overlaps(anomaly, f) for f in counted):
            verdict.right.append(anomaly)
        elif any(overlaps(anomaly, f) for f in faults):
            verdict.unjudged.append(anomaly)
        else:
            verdict.wrong.append(anomaly)
    return verdict


def total(verdicts):
    return Verdict(*(sum((getattr(v, part) for v in verdicts), []) for part in ("found", "missed", "right", "wrong", "unjudged")))
