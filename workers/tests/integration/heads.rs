//! Heads of the audit trail, from the database to files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::attempts::SecretsDirectory;
use crate::report;
use crate::scratch::Scratch;
use crate::worker::{Worker, command};

/// The numbers of these tests' heads begin after this: the jobs sign the tenant's real trail meanwhile.
const BEFORE: i64 = 1_000_000;

/// A directory for the files; deleted when dropped.
struct AuditDirectory(PathBuf);

impl AuditDirectory {
    fn new() -> Self {
        let path =
            std::env::temp_dir().join(format!("vigil-test-audit-{:016x}", fastrand::u64(..)));
        std::fs::create_dir(&path).expect("a new directory");
        Self(path)
    }

    fn flag(&self) -> String {
        format!("--audit-dir={}", self.0.display())
    }

    /// How often each head of the test is there, by its number, and how many lines are damaged.
    fn heads(&self, tenant_id: i32) -> (BTreeMap<i64, usize>, usize) {
        let (mut heads, mut damaged) = (BTreeMap::new(), 0);
        for entry in std::fs::read_dir(&self.0).expect("the directory") {
            let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a file");
            for line in text.lines() {
                match serde_json::from_str::<serde_json::Value>(line) {
                    Ok(head) if head["tenant_id"] == tenant_id => {
                        let number = head["sequence"].as_i64().expect("a number") - BEFORE;
                        if number > 0 {
                            *heads.entry(number).or_insert(0) += 1;
                        }
                    }
                    Ok(_) => {}
                    Err(_) => damaged += 1,
                }
            }
        }
        (heads, damaged)
    }

    fn names(&self) -> BTreeSet<String> {
        let entries = std::fs::read_dir(&self.0).expect("the directory");
        entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect()
    }
}

impl Drop for AuditDirectory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Heads numbered from `first`, as the job would leave them.
async fn sign(scratch: &Scratch, first: i32, count: i32, at: &str) {
    let (tenant, last) = (scratch.tenant_id(), first + count - 1);
    scratch
        .execute(&format!(
            "insert into audit.head (tenant_id, sequence, hash, signed_at, token) \
             select {tenant}, {BEFORE} + n, sha256(n::text::bytea), {at}, 'token-' || n from generate_series({first}, {last}) n"
        ))
        .await;
}

async fn exported(scratch: &Scratch) -> i64 {
    let query = format!(
        "select count(*) from audit.head where tenant_id = {} and sequence > {BEFORE} and exported_at is not null",
        scratch.tenant_id()
    );
    scratch.rows(&query).await[0].get(0)
}

async fn wait_for_export(scratch: &Scratch, count: i64) {
    let began = Instant::now();
    while exported(scratch).await < count {
        assert!(
            began.elapsed() < Duration::from_secs(90),
            "{} of {count} exported",
            exported(scratch).await
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_go_to_the_file_of_their_day_once() {
    let Some(scratch) = Scratch::open("heads_go_to_the_file_of_their_day_once").await else {
        return;
    };
    let (secrets, directory) = (SecretsDirectory::new(), AuditDirectory::new());
    sign(&scratch, 1, 3, "'2026-03-01 23:59:59.999999+00'").await;
    sign(&scratch, 4, 2, "'2026-03-02 00:00:00+00'").await;
    let worker = Worker::start(&scratch.worker_url(), &secrets, &[&directory.flag()]);
    wait_for_export(&scratch, 5).await;
    let (heads, damaged) = directory.heads(scratch.tenant_id());
    assert_eq!((heads, damaged), ((1..=5).map(|n| (n, 1)).collect(), 0));
    let days = ["heads-2026-03-01.jsonl", "heads-2026-03-02.jsonl"];
    assert!(
        days.iter().all(|day| directory.names().contains(*day)),
        "{:?}",
        directory.names()
    );
    assert!(worker.metric("vigil_worker_audit_heads_total").await >= 5.0);
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_workers_lose_no_head() {
    const COUNT: i64 = 3000;
    let Some(scratch) = Scratch::open("killed_workers_lose_no_head").await else {
        return;
    };
    let (secrets, directory) = (SecretsDirectory::new(), AuditDirectory::new());
    let start = || Worker::start(&scratch.worker_url(), &secrets, &[&directory.flag()]);
    sign(&scratch, 1, 3000, "clock_timestamp()").await;
    // Between writing and settling, and wherever else a kill falls: a settle takes its time.
    scratch
        .execute(
            "create function audit.test_slow_settle() returns trigger language plpgsql as $$ begin perform pg_sleep(0.001); return new; end $$; \
             create trigger _999_test_slow_settle before update on audit.head for each row when (new.exported_at is not null) execute function audit.test_slow_settle()",
        )
        .await;
    let (mut kills, mut worker) = (0, start());
    let began = Instant::now();
    while exported(&scratch).await < COUNT && kills < 12 {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{}",
            worker.log()
        );
        tokio::time::sleep(Duration::from_millis(fastrand::u64(100..500))).await;
        worker.kill();
        // The lease of the killed one is not waited for.
        scratch
            .execute("update audit.head set lease_until = null where exported_at is null")
            .await;
        worker = start();
        kills += 1;
    }
    scratch
        .execute(
            "drop trigger _999_test_slow_settle on audit.head; drop function audit.test_slow_settle(); \
             update audit.head set lease_until = null where exported_at is null",
        )
        .await;
    wait_for_export(&scratch, COUNT).await;
    let (heads, damaged) = directory.heads(scratch.tenant_id());
    let lost = COUNT - i64::try_from(heads.len()).expect("a count");
    let duplicates: usize = heads.values().map(|times| times - 1).sum();
    report(&format!(
        "kill -9: {COUNT} heads, {kills} kills, lost {lost}, duplicates {duplicates}, damaged lines {damaged}"
    ));
    assert_eq!(lost, 0);
    assert!(damaged <= kills, "more damaged lines than kills");
    assert!(duplicates <= kills * 500, "more than a batch for each kill");
    drop(worker);
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_and_not_settled_is_written_again() {
    let Some(scratch) = Scratch::open("what_was_written_and_not_settled_is_written_again").await
    else {
        return;
    };
    let (secrets, directory) = (SecretsDirectory::new(), AuditDirectory::new());
    sign(&scratch, 1, 10, "clock_timestamp()").await;
    // The settle is on its way for as long as somebody holds the rows.
    scratch
        .execute(
            "create function audit.test_no_settle() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return new; end $$; \
             create trigger _999_test_no_settle before update on audit.head for each row when (new.exported_at is not null) execute function audit.test_no_settle()",
        )
        .await;
    let mut worker = Worker::start(&scratch.worker_url(), &secrets, &[&directory.flag()]);
    let began = Instant::now();
    while directory.heads(scratch.tenant_id()).0.len() < 10 {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{}",
            worker.log()
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    worker.kill();
    assert_eq!(exported(&scratch).await, 0);
    scratch
        .execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where query ~ 'settle_heads' and pid <> pg_backend_pid(); \
             drop trigger _999_test_no_settle on audit.head; drop function audit.test_no_settle(); \
             update audit.head set lease_until = null where exported_at is null",
        )
        .await;
    let _other = Worker::start(&scratch.worker_url(), &secrets, &[&directory.flag()]);
    wait_for_export(&scratch, 10).await;
    let (heads, damaged) = directory.heads(scratch.tenant_id());
    report("kill -9 between writing and settling: 10 heads, lost 0, duplicates 10");
    assert_eq!((heads, damaged), ((1..=10).map(|n| (n, 2)).collect(), 0));
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_written_settles_nothing() {
    let Some(scratch) = Scratch::open("a_file_that_cannot_be_written_settles_nothing").await else {
        return;
    };
    let (secrets, directory) = (SecretsDirectory::new(), AuditDirectory::new());
    // A directory stands where the file is to be.
    let taken = directory.0.join("heads-2026-03-01.jsonl");
    std::fs::create_dir(&taken).expect("a directory");
    sign(&scratch, 1, 2, "'2026-03-01 12:00:00+00'").await;
    let worker = Worker::start(&scratch.worker_url(), &secrets, &[&directory.flag()]);
    let began = Instant::now();
    while worker.metric("vigil_worker_audit_failures_total").await < 1.0 {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{}",
            worker.log()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(exported(&scratch).await, 0);
    assert!(
        worker
            .log()
            .contains("heads of the audit trail are not exported")
    );
    std::fs::remove_dir(&taken).expect("it goes");
    scratch
        .execute("update audit.head set lease_until = null")
        .await;
    wait_for_export(&scratch, 2).await;
    let (heads, _) = directory.heads(scratch.tenant_id());
    assert_eq!(heads, [(1, 1), (2, 1)].into());
    scratch.close().await;
}

#[test]
fn a_directory_that_is_not_there_is_a_wrong_setting() {
    let secrets = SecretsDirectory::new();
    let output = command(
        "host=127.0.0.1 user=nobody dbname=none",
        &secrets,
        &["--audit-dir=/nonexistent/audit"],
    )
    .output()
    .expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains(
            "the audit directory /nonexistent/audit does not exist or cannot be written to"
        ),
        "{said}"
    );
}
