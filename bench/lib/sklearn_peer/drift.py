"""Times scipy, numpy and pymannkendall on samples that are in memory.

Argument: a folder with reference.f64 and current.f64, doubles in the machine's order. Answers {"test": NAME, "n": NUMBER} with
{"seconds", "result"}: the test of the first n values of each, and one number of it to compare."""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pymannkendall
from scipy import stats

folder = Path(sys.argv[1])
reference, current = (np.fromfile(folder / f"{name}.f64") for name in ("reference", "current"))


def ks_test(reference, current):
    return stats.ks_2samp(reference, current, method="asymp").statistic


def psi(reference, current, bins=10, floor=1e-4):
    edges = np.quantile(reference, np.linspace(0, 1, bins + 1))
    edges[0], edges[-1] = -np.inf, np.inf
    before, after = (np.maximum(np.histogram(values, edges)[0] / len(values), floor) for values in (reference, current))
    return np.sum((after - before) * np.log(after / before))


def theil_sen(reference, _):
    return stats.theilslopes(reference, np.arange(len(reference), dtype=float)).slope


def mann_kendall(reference, _):
    return pymannkendall.original_test(reference).z


TESTS = {"ks_test": ks_test, "psi": psi, "theil_sen": theil_sen, "mann_kendall": mann_kendall}

for line in sys.stdin:
    question = json.loads(line)
    n = question["n"]
    start = time.perf_counter()
    result = TESTS[question["test"]](reference[:n], current[:n])
    print(json.dumps({"seconds": time.perf_counter() - start, "result": float(result)}), flush=True)
