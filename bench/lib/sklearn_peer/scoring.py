"""Fits the isolation forests of scikit-learn and isotree once and times their scoring.

Arguments: a folder with rows.csv (the rows to train on and to score from) and, for each order of them, NAME.order (row numbers,
one a line). Answers {"forest": NAME, "order": NAME, "rows": NUMBER} with {"seconds"} for the first so many rows."""

import functools
import json
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.ensemble import IsolationForest

folder = Path(sys.argv[1])
source = np.loadtxt(folder / "rows.csv", delimiter=",")
orders = {path.stem: np.loadtxt(path, dtype=np.int64) for path in folder.glob("*.order")}


@functools.cache
def table(kind, order, rows):
    """The rows in the type and layout that a forest works in, so that no conversion counts."""
    values = source[orders[order][:rows]]
    return np.ascontiguousarray(values, dtype=np.float32) if kind == "sklearn" else np.asfortranarray(values)


@functools.cache
def forest(name):
    if name == "sklearn":
        return IsolationForest(n_estimators=100, max_samples=256, random_state=0, n_jobs=1).fit(source.astype(np.float32)).score_samples
    import isotree

    same = {
        "isotree_extended": {"ntrees": 100, "sample_size": 256, "max_depth": 8},
        "isotree_history": {"ntrees": 50, "sample_size": 4096, "max_depth": None, "penalize_range": True},
    }[name]
    return isotree.IsolationForest(ndim=3, ntry=1, missing_action="fail", nthreads=1, random_seed=1, **same).fit(source).predict


for line in sys.stdin:
    asked = json.loads(line)
    score, rows = forest(asked["forest"]), table(asked["forest"], asked["order"], asked["rows"])
    start = time.perf_counter()
    score(rows)
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
