"""Times the training of forests on rows in memory: scikit-learn's, and isotree's where it is installed.

Arguments: a folder with rows.csv, and the number of rows to repeat them to. Answers {"case": NAME} with {"seconds"}, and
"has isotree" with {"answer"}."""

import json
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.ensemble import IsolationForest

try:
    import isotree
except ImportError:
    isotree = None

TREES = 100
EXHAUSTIVE_ROWS = 100_000

# scikit-learn works in float32; handing it doubles would only add its conversion to the measured time.
rows = np.loadtxt(Path(sys.argv[1]) / "rows.csv", delimiter=",", dtype=np.float32)
rows = rows[np.arange(int(sys.argv[2])) % len(rows)]
rows += np.random.default_rng(1).random(rows.shape, dtype=np.float32) * 1e-6
exhaustive = np.ascontiguousarray(rows[:EXHAUSTIVE_ROWS])
doubles = np.asfortranarray(exhaustive, dtype=np.float64)


def fit(max_samples, table):
    IsolationForest(n_estimators=TREES, max_samples=max_samples, random_state=0, n_jobs=1).fit(table)


CASES = {
    "sklearn": lambda: fit(256, rows),
    "sklearn exhaustive": lambda: fit(len(exhaustive), exhaustive),
    "isotree exhaustive": lambda: isotree.IsolationForest(
        ndim=1, ntrees=TREES, sample_size=None, missing_action="fail", nthreads=1, random_seed=1).fit(doubles),
}

for line in sys.stdin:
    case = json.loads(line)["case"]
    if case == "has isotree":
        print(json.dumps({"answer": isotree is not None}), flush=True)
        continue
    start = time.perf_counter()
    CASES[case]()
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
