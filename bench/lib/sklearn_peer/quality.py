"""Answers {"train", "test", "seed"} (paths) with {"auroc", "ap"} of scikit-learn's isolation forest, 100 trees of 256 rows."""

import json
import sys

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score


def read(path):
    """The metrics and the label of every row; the first column counts the rows."""
    table = np.genfromtxt(path, delimiter=",", names=True, deletechars="")
    metrics = [name for name in table.dtype.names[1:] if name != "label"]
    return np.column_stack([table[name] for name in metrics]), table["label"].astype(int)


parts = {}
for line in sys.stdin:
    question = json.loads(line)
    for path in (question["train"], question["test"]):
        if path not in parts:
            parts[path] = read(path)
    forest = IsolationForest(n_estimators=100, max_samples=256, random_state=question["seed"], n_jobs=1)
    forest.fit(parts[question["train"]][0])
    rows, labels = parts[question["test"]]
    scores = -forest.score_samples(rows)
    answer = {"auroc": roc_auc_score(labels, scores), "ap": average_precision_score(labels, scores)}
    print(json.dumps(answer), flush=True)
