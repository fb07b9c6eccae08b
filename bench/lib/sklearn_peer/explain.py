"""What other explanations of anomaly scores credit the metrics with, over scikit-learn's isolation forest, 100 trees of 256 rows.

Answers {"train", "test" (paths), "seed", "worst", "width", "events" ([first row, row after the last])} with "credits": for each
method a list with the mean credit of every metric over the event's `worst` highest-scoring rows; and "shap_per_s", explanations a
second, or null when the rows have another width.

local DIFFI: Carletti, Terzi and Susto, "Interpretable anomaly detection with DIFFI" (2023). SHAP: TreeExplainer, which explains
the path length; its negative is credited. robust z: distance from the training median by the median absolute deviation, by the
standard deviation where that is 0."""

import gzip
import json
import sys
import time

import numpy as np
import shap
from sklearn.ensemble import IsolationForest

HEIGHT = 8


def read(path):
    """The metrics of every row, without the first column, the time, and the label."""
    with gzip.open(path, "rt") as file:
        columns = file.readline().strip().split(",")
        kept = [i for i in range(1, len(columns)) if columns[i] != "label"]
        return np.loadtxt(file, delimiter=",", usecols=kept)


def local_diffi(forest, rows):
    """Credits of each row: 1/length - 1/(height + 1) for every split on its path, averaged over a feature's splits."""
    credits, met = np.zeros(rows.shape), np.zeros(rows.shape)
    single = rows.astype(np.float32)
    for tree in forest.estimators_:
        path = tree.decision_path(single)
        for row in range(len(rows)):
            nodes = path.indices[path.indptr[row]:path.indptr[row + 1]]
            features = tree.tree_.feature[nodes]
            features = features[features >= 0]
            if len(features):
                np.add.at(credits[row], features, 1 / len(features) - 1 / (HEIGHT + 1))
                np.add.at(met[row], features, 1)
    return credits / np.maximum(met, 1)


def robust_z(train, rows):
    median = np.median(train, axis=0)
    unit = 1.4826 * np.median(np.abs(train - median), axis=0)
    unit = np.where(unit > 0, unit, train.std(axis=0))
    return np.abs(rows - median) / np.where(unit > 0, unit, 1)


parts = {}
for line in sys.stdin:
    question = json.loads(line)
    for path in (question["train"], question["test"]):
        if path not in parts:
            parts[path] = read(path)
    train, test = parts[question["train"]], parts[question["test"]]
    forest = IsolationForest(n_estimators=100, max_samples=256, random_state=question["seed"], n_jobs=1).fit(train)
    scores = -forest.score_samples(test)
    worst = [first + np.argsort(-scores[first:end], kind="stable")[:question["worst"]] for first, end in question["events"]]
    rows = test[np.concatenate(worst)]
    explainer = shap.TreeExplainer(forest)
    start = time.perf_counter()
    path_lengths = explainer.shap_values(rows)
    seconds = time.perf_counter() - start
    by_row = {"local DIFFI": local_diffi(forest, rows), "SHAP": -path_lengths, "robust z": robust_z(train, rows)}
    ends = np.cumsum([len(places) for places in worst])
    print(json.dumps({
        "credits": {name: [part.mean(axis=0).tolist() for part in np.split(credit, ends[:-1])] for name, credit in by_row.items()},
        "shap_per_s": len(rows) / seconds if rows.shape[1] == question["width"] else None,
    }), flush=True)
