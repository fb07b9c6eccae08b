"""Quality of a ranking and order statistics, in plain Python."""

import math


def auroc(labels, scores):
    """Area under the ROC curve: the chance that an anomaly scores above an ordinary row, ties counting half.

    labels: 0 or 1 for each row; scores: higher is more anomalous. NaN unless both labels occur."""
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return math.nan
    area = below = 0
    for anomalous, ordinary in _groups_of_equal_scores(labels, scores, reverse=False):
        area += anomalous * (below + ordinary / 2)
        below += ordinary
    return area / (positives * negatives)


def average_precision(labels, scores):
    """Sum over the distinct scores, from the highest, of precision times the recall gained there.

    The same step function as scikit-learn's average_precision_score. NaN without an anomaly."""
    positives = sum(labels)
    if not positives:
        return math.nan
    total = hits = seen = 0
    for anomalous, ordinary in _groups_of_equal_scores(labels, scores, reverse=True):
        hits += anomalous
        seen += anomalous + ordinary
        total += anomalous * hits / seen
    return total / positives


def _groups_of_equal_scores(labels, scores, reverse):
    """Yields (anomalous rows, ordinary rows) for each distinct score in order."""
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=reverse)
    start = 0
    while start < len(order):
        end, anomalous = start, 0
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            anomalous += labels[order[end]]
            end += 1
        yield anomalous, end - start - anomalous
        start = end


def quantile(values, share):
    """The value below which this share of the values lies: the smallest value with at least that share at or below it."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values):
    """The middle value; the mean of the two middle ones for an even number."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def mean(values):
    return sum(values) / len(values)
