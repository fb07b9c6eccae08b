"""Plain terminal output: steps with their time, tables, numbers as people read them."""

import sys
import time
from contextlib import contextmanager
from datetime import datetime

STARTED = time.monotonic()


def line(text=""):
    print(text, flush=True)


def heading(text):
    line()
    line(text)
    line("-" * len(text))


@contextmanager
def step(text):
    """Says what is being done, and when it is done, how long it took. Yields a function that adds to the line."""
    began = time.monotonic()
    details = []
    on_terminal = sys.stdout.isatty()
    if on_terminal:
        print(f"  {text} …", end="\r", flush=True)
    yield details.append
    detail = f": {', '.join(details)}" if details else ""
    clear = "\033[K" if on_terminal else ""
    line(f"{clear}{time.monotonic() - began:6.1f} s  {text}{detail}")


def progress(text):
    """A passing remark, only where it can be overwritten."""
    if sys.stdout.isatty():
        print(f"\033[K         {text}", end="\r", flush=True)


def table(columns, rows):
    """Columns are (title, alignment); cells are text."""
    widths = [max(len(title), *(len(row[n]) for row in rows)) if rows else len(title) for n, (title, _) in enumerate(columns)]
    line("  " + "  ".join(f"{title:{align}{width}}" for (title, align), width in zip(columns, widths)).rstrip())
    line("  " + "  ".join("-" * width for width in widths))
    for row in rows:
        line("  " + "  ".join(f"{cell:{align}{width}}" for cell, (_, align), width in zip(row, columns, widths)).rstrip())


def facts(rows):
    """Names and what they are, side by side."""
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        line(f"  {name:<{width}}  {text}")


def number(value):
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}"


def share(part, whole):
    return f"{100 * part / whole:.0f} %" if whole else "-"


def when(text):
    return f"{datetime.fromisoformat(text):%a %d %b %H:%M}"


def duration(begin, end):
    minutes = round((datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


# How a statistic is said, and what its value is multiplied by to be readable.
STATISTICS = {"slope": ("change", 3600, "/h"), "mean": ("average", 1, ""), "stddev": ("unrest", 1, ""), "raw": ("", 1, "")}


def reason(part):
    """One element of an explanation in words: feature, value, typical range."""
    words, factor, per = STATISTICS.get(part["statistic"], (part["statistic"], 1, ""))
    unit = f" {part.get('unit', '')}{per}".rstrip() if part.get("unit") or per else ""
    value = f"{number(part['value'] * factor)}{unit}" if "value" in part else "not reported"
    name = " ".join(filter(None, [part["metric"].replace("_", " "), words]))
    if "typical_low" not in part:
        return f"{name} {value}"
    return f"{name} {value} (typical {number(part['typical_low'] * factor)} to {number(part['typical_high'] * factor)})"
