"""A corpus of attacks: what was tried, what became of it, and the lines of TAP that say so."""

import sys
import traceback

# Refused: the server said no. Harmless: it answered, and nobody got or changed what is not theirs.
OUTCOMES = ("refused", "harmless", "leaked")


class Case:
    """One line of TAP, for one attack or for a group of like ones."""

    def __init__(self, name):
        self.name = name
        self.counts = dict.fromkeys(OUTCOMES, 0)
        self.leaks = []

    def refused(self):
        self.counts["refused"] += 1

    def harmless(self):
        self.counts["harmless"] += 1

    def leaked(self, what):
        self.counts["leaked"] += 1
        self.leaks.append(what)


class Corpus:
    """Use it as `with corpus.case(name) as case:` and say of each attack what became of it."""

    def __init__(self, name, minimum):
        self.name = name
        self.minimum = minimum
        self.counts = dict.fromkeys(OUTCOMES, 0)
        self.failed = 0

    @property
    def tried(self):
        return sum(self.counts.values())

    def case(self, name):
        return _Line(self, name)

    def line(self, passed, name, details=()):
        print(f"{'ok' if passed else 'not ok'} - {self.name}: {name}")
        for detail in details:
            print("#   " + str(detail).replace("\n", "\n#   ")[:1000])
        sys.stdout.flush()
        self.failed += not passed

    def close(self):
        self.line(self.tried >= self.minimum, f"{self.tried} tried, at least {self.minimum}")


class _Line:
    def __init__(self, corpus, name):
        self.corpus = corpus
        self.made = Case(name)

    def __enter__(self):
        return self.made

    def __exit__(self, kind, error, trace):
        for outcome, count in self.made.counts.items():
            self.corpus.counts[outcome] += count
        if error is not None and not isinstance(error, Exception):
            return False
        details = self.made.leaks[:10]
        if error is not None:
            details.append("".join(traceback.format_exception(kind, error, trace)[-3:]))
        elif not sum(self.made.counts.values()):
            details.append("nothing was tried")
        self.corpus.line(not details, self.made.name, details)
        return True


def table(rows):
    """The corpora with their counts, as people read them: (name, tried, refused, harmless, leaked)."""
    lines = [("corpus", "tried", "refused", "harmless", "leaked"), *rows]
    widths = [max(len(str(line[n])) for line in lines) for n in range(5)]
    for line in lines:
        cells = [str(line[0]).ljust(widths[0]), *(str(cell).rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]
        print("# " + "  ".join(cells))
