"""Fits scikit-learn's isolation forest once and times score_samples.

Arguments: a folder with rows.csv (the rows to train on and to score from) and, for each order of them, NAME.order (row numbers,
one a line). Answers {"order": NAME} with {"seconds"}."""

import json
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.ensemble import IsolationForest

folder = Path(sys.argv[1])
# scikit-learn works in float32; handing it doubles would only add its conversion to the measured time.
rows = np.loadtxt(folder / "rows.csv", delimiter=",", dtype=np.float32)
orders = {path.stem: np.loadtxt(path, dtype=np.int64) for path in folder.glob("*.order")}
tables = {name: np.ascontiguousarray(rows[order]) for name, order in orders.items()}
forest = IsolationForest(n_estimators=100, max_samples=256, random_state=0, n_jobs=1).fit(rows)

for line in sys.stdin:
    table = tables[json.loads(line)["order"]]
    start = time.perf_counter()
    forest.score_samples(table)
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
