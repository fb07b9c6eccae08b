"""SQL as the DBA of the instance: psql over the private socket."""

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path

SQL = Path(__file__).parent / "sql"


def run(script, **variables):
    """Runs a script in one transaction and returns what it prints. :'name' in the script stands for a variable."""
    command = ["psql", "-XAtq1", "-v", "ON_ERROR_STOP=1", *(f"-v{name}={value}" for name, value in variables.items())]
    done = subprocess.run(command, input=script, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"error: the database refused a step of the demonstration\n{done.stderr.strip()}")
    return done.stdout.strip()


def run_file(name, **variables):
    return run((SQL / name).read_text(), **variables)


def rows(query, **variables):
    """The rows of a query as objects."""
    return json.loads(run(f"select coalesce(json_agg(q), '[]') from ({query}) q", **variables))


def copied(table, lines):
    """A piece of script that fills a table from lines in the text format of COPY."""
    return f"copy {table} from stdin;\n" + "\n".join(lines) + "\n\\.\n"


@contextmanager
def without_job(job):
    """Keeps a job of the pipeline from running meanwhile, as a run of it somewhere else would."""
    lock = f"select pg_advisory_lock(hashtextextended('vigil.job.{job}', 0));\n\\echo held\n"
    holder = subprocess.Popen(["psql", "-XAtq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    holder.stdin.write(lock)
    holder.stdin.flush()
    while holder.stdout.readline() not in ("held\n", ""):
        pass
    try:
        yield
    finally:
        holder.communicate()
