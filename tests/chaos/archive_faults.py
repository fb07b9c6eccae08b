"""Archive and retention are killed, starved, disturbed and damaged: what is in the database or in a sound file is what was stored, once each."""

import os
import random
import signal
import subprocess
import time
import uuid

from instance import STATE, crash_postgres, sql, wait_until

METRICS = 12
STREAMS = 40
ARCHIVES = STATE / "archive"
# Each scenario has days of its own, so that none finds another's chunks.
next_day = 40


class Fleet:
    """A tenant whose readings of the last days are known one by one. Those past ten days go to files, or go."""

    def __init__(self, days, cold="300 days"):
        global next_day
        self.name = f"cold-{uuid.uuid4().hex[:8]}"
        self.tenant_id = int(sql("select ops.create_tenant(:'name', :'name')", name=self.name))
        self.days = range(next_day, next_day + days)
        next_day += days
        sql("""
            insert into ops.retention_policy (tenant_id, object, hot, cold, reason)
            values (:tenant, 'readings', '10 days', nullif(:'cold', '')::interval, 'chaos');
            select fleet.create_profile(:tenant, 'engine', (select jsonb_agg('m' || n) from generate_series(1, :metrics) n)) \\g /dev/null
            insert into fleet.reading (tenant_id, stream_id, ts, values)
            select :tenant, s.stream_id, date_trunc('day', now(), 'UTC') - d * interval '1 day' + n * interval '10 minutes',
              array(select case when m % 5 = n % 5 then null else round((sin(n * m) * 50)::numeric, 2) end from generate_series(1, :metrics) m)
            from (select fleet.open_stream(:tenant, 'e-' || e, 'engine') as stream_id from generate_series(1, :streams) e) s,
              generate_series(:first, :last) d, generate_series(0, 143) n;
            """, tenant=self.tenant_id, cold=cold or "", metrics=METRICS, streams=STREAMS, first=self.days[0], last=self.days[-1])
        self.stored = self.readings("fleet.reading")

    def readings(self, source):
        """Each reading as a line of text, as often as it is there."""
        lines = sql(f"select concat_ws(' ', r.stream_id, extract(epoch from r.ts), r.values) from {source} r"
                    " where :tenant = :tenant" + (" and r.tenant_id = :tenant" if source.startswith("fleet.") else ""),
                    tenant=self.tenant_id)
        return lines.split("\n") if lines else []

    def archived(self):
        """What is in files that are all there is of their rows."""
        return self.readings("""(
            select x.* from ops.archive_manifest m, vigil.parquet_rows(vigil_platform.archive_read(m.path)) x
            where m.tenant_id = :tenant and m.state in ('dropped', 'restored'))""")

    def outcome(self):
        """Rows there should be and are, how many are lost, and how many are there more than once."""
        there = self.readings("fleet.reading") + self.archived()
        lost = len(set(self.stored) - set(there))
        return len(self.stored), len(there), lost, len(there) - len(set(there))

    def states(self):
        return dict(line.split() for line in sql(
            "select state || ' ' || count(*) from ops.archive_manifest where tenant_id = :tenant group by state",
            tenant=self.tenant_id).split("\n") if line)

    def file(self):
        return ARCHIVES / sql("select path from ops.archive_manifest where tenant_id = :tenant and state = 'dropped' order by archive_id limit 1",
                              tenant=self.tenant_id)

    def alerts(self):
        return sql("select string_agg(dedup_key || ' ' || state, ',' order by alert_id) from alerting.alert where tenant_id = :tenant", tenant=self.tenant_id)

    def add_late_reading(self):
        """A reading of a day that is being archived comes now, and another of an instant there is already gets one value more."""
        sql("""
            insert into fleet.reading (tenant_id, stream_id, ts, values)
            select r.tenant_id, r.stream_id, r.ts + interval '1 second', r.values from fleet.reading r where r.tenant_id = :tenant order by r.stream_id, r.ts limit 1;
            update fleet.reading r set values = vigil.merge_values(r.values, '{7}') where (r.tenant_id, r.stream_id, r.ts) =
              (select x.tenant_id, x.stream_id, x.ts from fleet.reading x where x.tenant_id = :tenant order by x.stream_id, x.ts limit 1);
            """, tenant=self.tenant_id)
        self.stored = self.readings("fleet.reading")


def run_job(job, wait=True):
    process = subprocess.Popen(["psql", "-XAtq", "-c", f"set application_name = 'chaos-{job}'", "-c", f"call ops.run('{job}')"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if wait:
        process.wait(120)
    return process


def connected():
    return subprocess.run(["psql", "-XAtqc", "select 1"], capture_output=True).returncode == 0


def kill_backend(name, delay):
    """kill -9 of the backend that runs a statement, so long after it began. Postgres then starts anew for everyone. Whether it was hit."""
    end = time.monotonic() + 5
    pid = ""
    while not pid and time.monotonic() < end:
        pid = sql("select pid from pg_stat_activity where application_name = :'name' and state = 'active' and backend_type = 'client backend'", name=name)
    time.sleep(delay)
    try:
        os.kill(int(pid), signal.SIGKILL)
    except (ValueError, ProcessLookupError):
        return False
    time.sleep(0.1)
    wait_until(connected, 30, "Postgres is back")
    return True


def killed(job, kills, finished):
    """Runs a job to its end although it is killed at moments spread over its length. Returns how often it was."""
    hit = 0
    chance = random.Random(7)
    for n in range(kills * 4):
        if hit == kills or finished():
            break
        process = run_job(job, wait=False)
        # Later and later: it gets on although every run is cut short.
        hit += kill_backend(f"chaos-{job}", chance.uniform(0, 0.1 + 0.1 * n))
        process.wait(60)
    for _ in range(5):
        if finished():
            break
        run_job(job)
    return hit


def killed_before_commit(statement, **variables):
    """A step has done its work, files included, and is killed before it commits. Then it is done again."""
    parameters = [argument for name, value in variables.items() for argument in ("-v", f"{name}={value}")]
    process = subprocess.Popen(["psql", "-XAtq", *parameters], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
    process.stdin.write(f"begin; {statement}; set application_name = 'chaos-step'; select pg_sleep(30); commit;")
    process.stdin.close()
    hit = kill_backend("chaos-step", 0.05)
    process.wait(60)
    sql(statement, **variables)
    return hit


def run(check, note, count):
    sql("update ops.job set enabled = false where job_name in ('archive', 'verify', 'retention')")
    try:
        archive_is_killed(check, note, count)
        steps_are_killed(check, count)
        retention_is_killed(check, note, count)
        restore_is_killed(check, count)
        postgres_restarts(check, count)
        late_reading(check, count)
        two_runs(check, count)
        damaged_before_the_drop(check, count)
        flipped_bit(check, count)
        disk_full(check, note, count)
    finally:
        sql("update ops.job set enabled = true where job_name in ('archive', 'verify', 'retention')")


def archive_is_killed(check, note, count):
    fleet = Fleet(days=12)
    hit = killed("archive", 16, lambda: fleet.states() == {"dropped": "12"})
    note(f"{hit} kills of the archive job")
    count("kill -9 of the archive job", *fleet.outcome())
    check("the archive job was killed and ended with every chunk in a file", hit >= 3 and fleet.states() == {"dropped": "12"})
    check("which is all there is of it", fleet.readings("fleet.reading") == [])


def steps_are_killed(check, count):
    fleet = Fleet(days=1)
    each = "select {}(m.tenant_id, m.archive_id) from ops.archive_manifest m where m.tenant_id = :tenant"
    for step, statement, state in (
        ("the plan", "select ops.plan_archives()", "planned"),
        ("writing a file", each.format("ops.write_archive"), "written"),
        ("verifying it", each.format("ops.verify_archive"), "verified"),
        ("dropping its chunk", "select ops.drop_archived(m.range_start, now()) from ops.archive_manifest m where m.tenant_id = :tenant", "dropped"),
    ):
        hit = killed_before_commit(statement, tenant=fleet.tenant_id)
        count(f"kill -9 before the commit of {step}", *fleet.outcome())
        check(f"{step} was killed, and done by the next", hit and fleet.states() == {state: "1"})
    sql("update ops.retention_policy set cold = '1 day' where tenant_id = :tenant", tenant=fleet.tenant_id)
    path = fleet.file()
    check("there is a file", path.exists())
    sql("select ops.expire_archives(clock_timestamp())")
    # It is given up, and whoever should have unlinked it was killed.
    run_job("archive")
    check("a file that was given up is unlinked by the next run", fleet.states() == {"removed": "1"} and not path.exists())


def retention_is_killed(check, note, count):
    fleet = Fleet(days=8, cold=None)
    other = Fleet(days=1)
    # The first four days are shared with a tenant that keeps them, so that rows and not chunks go.
    sql("""
        update ops.retention_policy set enabled = false where tenant_id = :other;
        insert into fleet.reading (tenant_id, stream_id, ts, values)
        select :other, s.stream_id, date_trunc('day', now(), 'UTC') - d * interval '1 day', '{1}'
        from fleet.stream s, generate_series(:first, :first + 3) d where s.tenant_id = :other
        """, other=other.tenant_id, first=fleet.days[0])
    kept = other.readings("fleet.reading")
    gone = lambda: fleet.readings("fleet.reading") == []
    hit = killed("retention", 8, gone)
    removed = int(sql("select sum(row_count) from ops.retention_run where tenant_id = :tenant", tenant=fleet.tenant_id))
    note(f"{hit} kills of the retention job")
    still = other.readings("fleet.reading")
    count("kill -9 of retention: what is kept", len(kept), len(still), len(set(kept) - set(still)), len(still) - len(set(still)))
    count("kill -9 of retention: what goes, by its record", len(fleet.stored), removed, max(0, len(fleet.stored) - removed), max(0, removed - len(fleet.stored)))
    check("the retention job was killed and ended", hit >= 1 and gone())


def restore_is_killed(check, count):
    fleet = Fleet(days=3)
    run_job("archive")
    statement = (f"select ops.restore_archive({fleet.tenant_id}, date_trunc('day', now(), 'UTC') - interval '{fleet.days[-1]} days',"
                 f" date_trunc('day', now(), 'UTC') - interval '{fleet.days[0] - 1} days')")
    hit = 0
    for n in range(6):
        process = subprocess.Popen(["psql", "-XAtq", "-c", "set application_name = 'chaos-restore'", "-c", statement],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        hit += kill_backend("chaos-restore", 0.03 * n)
        process.wait(60)
    sql(statement)
    restored = fleet.readings("fleet.restored_reading")
    count("kill -9 of a restore", len(fleet.stored), len(restored), len(set(fleet.stored) - set(restored)), len(restored) - len(set(restored)))
    check("a restore was killed", hit >= 1)
    sql("update ops.archive_restore set expires_at = now() where tenant_id = :tenant", tenant=fleet.tenant_id)
    run_job("archive")
    check("copies leave when their time is over, and the files stay",
          fleet.readings("fleet.restored_reading") == [] and len(fleet.archived()) == len(fleet.stored))


def postgres_restarts(check, count):
    fleet = Fleet(days=4)
    process = run_job("archive", wait=False)
    time.sleep(0.4)
    crash_postgres()
    process.wait(60)
    wait_until(connected, 30, "Postgres is back")
    run_job("archive")
    count("immediate restart of Postgres while archiving", *fleet.outcome())
    check("the next run ends what was under way", fleet.states() == {"dropped": "4"})


def late_reading(check, count):
    fleet = Fleet(days=1)
    verify = ("select ops.plan_archives(); select ops.write_archive(tenant_id, archive_id) from ops.archive_manifest where tenant_id = :tenant;"
              "select ops.verify_archive(tenant_id, archive_id) from ops.archive_manifest where tenant_id = :tenant")
    sql(verify, tenant=fleet.tenant_id)
    check("a file is verified", fleet.states() == {"verified": "1"})
    fleet.add_late_reading()
    run_job("archive")
    count("late reading between export and drop", *fleet.outcome())
    check("the file starts over and has it", fleet.states() == {"dropped": "1"} and len(fleet.archived()) == len(fleet.stored))

    # Where another tenant keeps the chunk, rows are deleted instead.
    shared = Fleet(days=1)
    sql("""
        insert into fleet.reading (tenant_id, stream_id, ts, values)
        select r.tenant_id, r.stream_id, date_trunc('day', now(), 'UTC') - :day * interval '1 day', '{1}' from fleet.reading r
        where r.tenant_id = :keeper order by r.ts limit 1
        """, day=shared.days[0], keeper=keeper())
    sql(verify, tenant=shared.tenant_id)
    shared.add_late_reading()
    run_job("archive")
    count("late reading before rows are deleted", *shared.outcome())
    check("the rows go from a chunk that others need", shared.states() == {"dropped": "1"} and shared.readings("fleet.reading") == [])


def keeper():
    """A tenant that keeps everything."""
    return sql("select tenant_id from ops.retention_policy where object = 'readings' and not enabled and tenant_id is not null order by 1 desc limit 1")


def two_runs(check, count):
    fleet = Fleet(days=4)
    together = [run_job("archive", wait=False), run_job("archive", wait=False)]
    together += [subprocess.Popen(["psql", "-XAtq", "-c", "call ops.apply_archive(null, null)"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                 for _ in range(2)]
    for process in together:
        process.wait(120)
    run_job("archive")
    count("four runs at once", *fleet.outcome())
    check("every chunk is in one file", fleet.states().get("dropped") == "4")


def disk_full(check, note, count):
    postmaster = (STATE / "data" / "postmaster.pid").read_text().split()[0]
    # Postgres has a root and mounts of its own.
    inside = ["nsenter", "-t", postmaster, "-m", "-r", "--"]
    if subprocess.run([*inside, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode != 0:
        note("a disk cannot be made full here, which takes the right to mount one: not tested")
        return
    subprocess.run([*inside, "umount", "/mnt"], check=True)
    fleet = Fleet(days=1)
    folder = ARCHIVES / "readings" / f"tenant={fleet.tenant_id}"
    subprocess.run([*inside, "install", "-d", "-o", "postgres", "-g", "postgres", folder], check=True)
    subprocess.run([*inside, "mount", "-t", "tmpfs", "-o", "size=4k,mode=777", "tmpfs", folder], check=True)
    try:
        run_job("archive")
        count("disk full while a file is written", *fleet.outcome())
        check("nothing leaves the database", len(fleet.readings("fleet.reading")) == len(fleet.stored) and fleet.states() == {"planned": "1"})
        check("it is said why", sql("select error_code from ops.job_run where tenant_id = :tenant and job_name = 'archive'", tenant=fleet.tenant_id) == "53100")
        check("and is an alert", fleet.alerts() == "archive/write open")
        check("no half file stays", not subprocess.run([*inside, "find", folder, "-type", "f"], capture_output=True, text=True, check=True).stdout)
    finally:
        subprocess.run([*inside, "umount", folder], check=True)
    run_job("archive")
    count("and when there is room again", *fleet.outcome())
    check("the alert is resolved", fleet.states() == {"dropped": "1"} and fleet.alerts() == "archive/write resolved")


def put_back(path, content):
    path.write_bytes(content)
    os.chown(path, path.parent.stat().st_uid, path.parent.stat().st_gid)
    run_job("verify")


def damaged_before_the_drop(check, count):
    fleet = Fleet(days=1)
    sql("select ops.plan_archives() \\g /dev/null\n"
        "select ops.write_archive(tenant_id, archive_id) from ops.archive_manifest where tenant_id = :tenant \\g /dev/null\n"
        "select ops.verify_archive(tenant_id, archive_id) from ops.archive_manifest where tenant_id = :tenant", tenant=fleet.tenant_id)
    path = ARCHIVES / sql("select path from ops.archive_manifest where tenant_id = :tenant", tenant=fleet.tenant_id)
    path.write_bytes(path.read_bytes()[:-1])
    run_job("archive")
    check("rows do not go whose verified file was damaged since", len(fleet.readings("fleet.reading")) == len(fleet.stored))
    run_job("archive")
    count("file damaged between export and drop", *fleet.outcome())
    check("it is written again", fleet.states() == {"dropped": "1"})


def flipped_bit(check, count):
    fleet = Fleet(days=1)
    run_job("archive")
    path = fleet.file()
    sound = path.read_bytes()
    damaged = bytearray(sound)
    damaged[len(damaged) // 2] ^= 4
    path.write_bytes(damaged)
    run_job("verify")
    check("a flipped bit is found", fleet.alerts().endswith(" open") and fleet.alerts().startswith("archive/"))
    refused = subprocess.run(["psql", "-XAtq", "-v", "VERBOSITY=sqlstate", "-c",
                              f"select ops.restore_archive({fleet.tenant_id}, now() - interval '400 days', now())"],
                             capture_output=True, text=True).stderr
    check("and nothing is restored from it", "XX001" in refused and fleet.readings("fleet.restored_reading") == [])
    put_back(path, sound)
    check("a file that is put back from a backup is sound", fleet.alerts().endswith(" resolved"))
    path.unlink()
    run_job("verify")
    check("a file that is missing is found", fleet.alerts().endswith(" open"))
    put_back(path, sound)
    count("flipped bit, file put back from a backup", *fleet.outcome())
    check("the alert is resolved", fleet.alerts().endswith(" resolved"))
