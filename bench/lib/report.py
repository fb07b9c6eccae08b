"""Where and with what a benchmark ran, tables, and the last line."""

import json
import os
import subprocess
from datetime import datetime, timezone

import database
from machines import PROJECT


def heading(title):
    """The benchmark's name, the machine, how busy it was already, and the versions."""
    print(f"# {title}")
    print(f"# {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC, commit {commit()}")
    print(f"# {cpu_model()}, {len(os.sched_getaffinity(0))} cores, {memory_gib()} GiB, load average {os.getloadavg()[0]:.1f} before")
    print(f"# {versions()}")


def cpu_model():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else os.uname().machine


def memory_gib():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def versions():
    server = database.value("show server_version").split()[0]
    extensions = database.sql(
        "select extname || ' ' || extversion from pg_extension where extname in ('timescaledb', 'vigil') order by 1")
    return ", ".join([f"PostgreSQL {server}", *(row[0] for row in extensions)])


def commit():
    def git(*arguments):
        return subprocess.run(["git", "-C", PROJECT, *arguments], capture_output=True, text=True).stdout.strip()

    changed = " with changes" if git("status", "--porcelain", "--untracked-files=no", "--", "sql", "migrations", "extension") else ""
    return (git("rev-parse", "--short", "HEAD") or "unknown") + changed


def table(columns, rows):
    """Prints rows under their columns: text to the left, numbers to the right."""
    cells = [columns] + [[cell if isinstance(cell, str) else f"{cell:,}" if isinstance(cell, int) else f"{cell:.3f}"
                          for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    numeric = [not isinstance(cell, str) for cell in rows[0]]
    print()
    for number, line in enumerate(cells):
        print("  ".join(cell.rjust(width) if right else cell.ljust(width)
                        for cell, width, right in zip(line, widths, numeric)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))
    print()


def last_line(bench, **figures):
    """The figures as one line of JSON, rounded to what is worth comparing."""
    def rounded(figure):
        return float(f"{figure:.2g}") if abs(figure) < 1e-4 else round(figure, 4)

    print(json.dumps({"bench": bench} | {
        name: rounded(figure) if isinstance(figure, float) else figure for name, figure in figures.items()}))
