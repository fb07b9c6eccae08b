//! Settings that change while the worker runs.

use std::time::{Duration, Instant};

use vigil_worker::receiver::Faults;

use crate::attempts::SecretsDirectory;
use crate::receivers::Received;
use crate::scratch::Scratch;
use crate::worker::Worker;

const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for a line in the log.
async fn wait_for_line(worker: &Worker, line: &str, times: usize) {
    let began = Instant::now();
    while worker.log().matches(line).count() < times {
        assert!(
            began.elapsed() < PATIENCE,
            "no {line:?} in {}",
            worker.log()
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_read_again_at_a_signal() {
    let Some(scratch) = Scratch::open("settings_are_read_again_at_a_signal").await else {
        return;
    };
    let (received, secrets) = (
        Received::start(Faults::none()).await,
        SecretsDirectory::new(),
    );
    let channel = scratch.channel("main", &received.url(), "good").await;
    let file = secrets.0.join("settings");
    let write = |text: &str| std::fs::write(&file, text).expect("a settings file");
    write("# what the network lets through\nallow-networks = 10.0.0.0/8\n\nconcurrency=8\n");
    let flag = format!("--settings={}", file.display());
    let mut worker = Worker::start(&scratch.worker_url(), &secrets, &[&flag]);

    // The file wins over the flag, which allows this machine.
    scratch.enqueue(channel, "before", 1).await;
    scratch.wait_for("dead", 1, PATIENCE).await;
    let detail = scratch.standings().await[0].detail.clone();
    assert!(
        detail.as_deref().unwrap_or_default().contains("loopback"),
        "{detail:?}"
    );

    write("allow-networks = 127.0.0.0/8\nlog = warn\n");
    worker.signal("HUP");
    wait_for_line(&worker, "settings read again", 1).await;
    scratch.enqueue(channel, "after", 1).await;
    scratch.wait_for("delivered", 1, PATIENCE).await;
    assert!(
        !worker.log().contains("msg_after_1"),
        "what is logged has changed too: {}",
        worker.log()
    );

    for (text, problem) in [
        ("allow-networks = 10.0.0.1/8\n", "allow-networks"),
        ("deadline = 1m\n", "lease is 15s"),
        ("database-url = postgres://u:s3cret-canary@h/d\n", "line 1"),
        ("s3cret-canary\n", "line 1"),
        ("batch = 8\nbatch = 9\n", "batch"),
    ] {
        let before = worker
            .log()
            .matches("the settings stay as they were")
            .count();
        write(text);
        worker.signal("HUP");
        wait_for_line(&worker, "the settings stay as they were", before + 1).await;
        let log = worker.log();
        let line = log.lines().rfind(|line| line.contains("stay as they were"));
        assert!(
            line.expect("the line").contains(problem),
            "{text}: {line:?}"
        );
    }
    std::fs::remove_file(&file).expect("the settings file");
    worker.signal("HUP");
    wait_for_line(&worker, "the settings stay as they were", 6).await;
    assert!(!worker.log().contains("canary"), "{}", worker.log());
    scratch.enqueue(channel, "still", 1).await;
    scratch.wait_for("delivered", 2, PATIENCE).await;
    assert!(!worker.has_ended());
    scratch.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_settings_file_the_signal_changes_nothing() {
    let secrets = SecretsDirectory::new();
    let mut worker = Worker::start("postgres://u@127.0.0.1:1/vigil", &secrets, &[]);
    worker.address().await;
    worker.signal("HUP");
    wait_for_line(&worker, "there is no settings file to read again", 1).await;
    assert!(!worker.has_ended());
}

#[test]
fn a_settings_file_that_does_not_fit_ends_the_program() {
    let secrets = SecretsDirectory::new();
    let file = secrets.0.join("settings");
    std::fs::write(&file, "concurrency = 0\n").expect("a settings file");
    let flag = format!("--settings={}", file.display());
    for (flag, expected) in [
        (flag.as_str(), "Set --concurrency"),
        ("--settings=/nonexistent", "Check the path"),
    ] {
        let mut program = crate::worker::command("host=h dbname=d", &secrets, &[flag]);
        let output = program.output().expect("the program runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(expected), "{text}");
    }
}
