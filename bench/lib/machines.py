"""Labelled machine data: NAME_train.csv.gz and NAME_test.csv.gz, a time index, metrics, a label."""

import csv
import gzip
import os
from dataclasses import dataclass
from pathlib import Path

from errors import BenchError

PROJECT = Path(__file__).resolve().parents[2]
DEFAULT_DATA = Path(os.path.normpath(PROJECT / "../shared/data/smd"))
LABEL = "label"


@dataclass(frozen=True)
class Machine:
    name: str
    train: Path
    test: Path

    def time_column(self):
        return self._header()[0]

    def metric_names(self):
        return [column for column in self._header()[1:] if column != LABEL]

    def _header(self):
        with gzip.open(self.train, "rt", newline="") as file:
            return next(csv.reader(file))

    def rows(self, part):
        """The metric vectors of "train" or "test", in time order."""
        return [values for values, _ in self._read(part)]

    def labels(self):
        """0 or 1 for each row of the test part."""
        return [label for _, label in self._read("test")]

    def row_count(self, part):
        with gzip.open(getattr(self, part), "rt") as file:
            return sum(1 for line in file if line.strip()) - 1

    def _read(self, part):
        path = getattr(self, part)
        with gzip.open(path, "rt", newline="") as file:
            lines = csv.reader(file)
            columns = next(lines)
            if LABEL not in columns:
                raise BenchError(f"{path} has no column '{LABEL}'", "See bench/README.md for the form of the data.")
            at = columns.index(LABEL)
            metrics = [i for i in range(1, len(columns)) if i != at]
            for line in lines:
                yield [float(line[i]) for i in metrics], int(float(line[at]))


def find_machines(data):
    """The machines in a folder, by name."""
    folder = Path(data)
    if not folder.is_dir():
        raise BenchError(
            f"there is no folder {folder}",
            "Name a folder with NAME_train.csv.gz and NAME_test.csv.gz by --data; folders under /etc, /usr and /var are "
            "not visible inside the Debian 13 root.",
        )
    machines = []
    for train in sorted(folder.glob("*_train.csv.gz")):
        name = train.name.removesuffix("_train.csv.gz")
        test = folder / f"{name}_test.csv.gz"
        if not test.exists():
            raise BenchError(f"{train} has no {test.name} beside it", "Each machine needs both parts.")
        machines.append(Machine(name, train.resolve(), test.resolve()))
    if not machines:
        raise BenchError(f"{folder} holds no *_train.csv.gz", "See bench/README.md for the form of the data.")
    return machines


def add_data_option(parser):
    parser.add_argument("--data", default=DEFAULT_DATA, metavar="DIR",
                        help=f"machines as NAME_train.csv.gz and NAME_test.csv.gz (default: {DEFAULT_DATA})")
