"""What a benchmark says when it cannot go on."""

import sys


class BenchError(Exception):
    """A problem the user can do something about: what it is, and what to do."""

    def __init__(self, message, hint):
        super().__init__(message)
        self.hint = hint


def run(main):
    """Runs a benchmark; problems are printed like those of ./dev and end it with status 1."""
    sys.stdout.reconfigure(line_buffering=True)
    try:
        main()
    except BenchError as problem:
        sys.exit(f"error: {problem}\nhint: {problem.hint}")
    except KeyboardInterrupt:
        sys.exit("error: interrupted\nhint: What the benchmark had stored was removed; run it again.")
