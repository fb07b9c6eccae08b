//! The program as its operator meets it, without a database.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::attempts::SecretsDirectory;
use crate::worker::{Worker, command};

/// Nothing listens there: port 1 is reserved and never assigned.
const NOWHERE: &str = "postgres://vigil_worker:s3cret-canary@127.0.0.1:1/vigil";

fn output(mut command: Command) -> (i32, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the program runs");
    let text = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    (status.code().expect("an exit code"), text)
}

#[test]
fn wrong_settings_end_the_program_with_code_2_and_a_hint() {
    let secrets = SecretsDirectory::new();
    for (url, flag, expected) in [
        ("postgres://:s3cret-canary", "--batch=1", "the database url"),
        (NOWHERE, "--lease=6m", "Set --lease"),
        (NOWHERE, "--concurrency=0", "Set --concurrency"),
        (NOWHERE, "--log=loud=wrong", "Set --log"),
        (
            NOWHERE,
            "--secrets-dir=/nonexistent",
            "VIGIL_WORKER_SECRETS_DIR",
        ),
        (
            NOWHERE,
            "--database-password-file=/nonexistent",
            "Check the path",
        ),
    ] {
        let more: &[&str] = match flag {
            "--lease=6m" => &["--lease=6m", "--deadline=6m"],
            _ => &[flag],
        };
        let mut program = command(url, &secrets, more);
        if flag.starts_with("--secrets-dir") {
            program = Command::new(env!("CARGO_BIN_EXE_vigil-worker"));
            program.args(["--database-url", url, flag]);
        }
        let (code, text) = output(program);
        assert_eq!(code, 2, "{flag}: {text}");
        assert!(
            text.contains("hint: ") && text.contains(expected),
            "{flag}: {text}"
        );
        assert!(!text.contains("canary"), "{flag}: {text}");
    }
}

#[test]
fn missing_and_malformed_flags_are_named() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_vigil-worker"));
    program.env_clear();
    let (code, text) = output(program);
    assert_eq!(code, 2);
    assert!(
        text.contains("--database-url") && text.contains("--secrets-dir"),
        "{text}"
    );
    let secrets = SecretsDirectory::new();
    for flag in [
        "--allow-networks=10.0.0.1/8",
        "--deadline=15",
        "--listen=nowhere",
        "--log-format=xml",
        "--nonsense",
    ] {
        let (code, text) = output(command(NOWHERE, &secrets, &[flag]));
        assert_eq!(code, 2, "{flag}: {text}");
        assert!(
            text.contains(flag.split('=').next().unwrap_or_default()),
            "{flag}: {text}"
        );
        assert!(!text.contains("canary"), "{flag}: {text}");
    }
}

#[test]
fn help_describes_every_flag_and_shows_no_secret() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_vigil-worker"));
    program
        .arg("--help")
        .env("VIGIL_WORKER_DATABASE_URL", NOWHERE);
    let (code, text) = output(program);
    assert_eq!(code, 0);
    assert!(
        text.contains("VIGIL_WORKER_DATABASE_URL") && !text.contains("canary"),
        "{text}"
    );
}

#[test]
fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let listen = format!("--listen={}", taken.local_addr().expect("the port"));
    let (code, text) = output(command(NOWHERE, &SecretsDirectory::new(), &[&listen]));
    assert_eq!(code, 1);
    assert!(
        text.contains("cannot listen on") && text.contains("--listen"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_the_worker_waits_and_says_so() {
    let secrets = SecretsDirectory::new();
    for url in [
        NOWHERE,
        "host=/nonexistent user=vigil_worker password=s3cret-canary dbname=vigil",
    ] {
        let started = Instant::now();
        let mut worker = Worker::start(url, &secrets, &[]);
        worker.wait_for_health(503).await;
        assert!(
            worker
                .get("/healthz")
                .await
                .1
                .contains("the database cannot be reached")
        );
        assert!(worker.metric("vigil_worker_loop_lag_seconds").await < 3.0);
        tokio::time::sleep(Duration::from_millis(700)).await;
        let attempts = worker.log().matches("no session with the database").count();
        // Two sessions, each after at least 50, 100, 200, 400, 800 ms and then 1.5 s at a time.
        let most = 2.0 * (6.0 + started.elapsed().as_secs_f64() / 1.5);
        assert!(
            attempts >= 2 && (attempts as f64) < most,
            "{attempts} attempts\n{}",
            worker.log()
        );
        assert!(!worker.log().contains("canary"), "{}", worker.log());
        let began = Instant::now();
        worker.signal("TERM");
        assert!(worker.ended(Duration::from_secs(20)).await.success());
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "{:?}",
            began.elapsed()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_json_or_text() {
    let secrets = SecretsDirectory::new();
    let json = Worker::start(NOWHERE, &secrets, &[]);
    json.address().await;
    for line in json.log().lines() {
        let line: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("not json: {line}"));
        assert!(
            line["timestamp"].is_string()
                && line["level"].is_string()
                && line["message"].is_string(),
            "{line}"
        );
    }
    let text = Worker::start(NOWHERE, &secrets, &["--log-format=text"]);
    let began = Instant::now();
    while !text.log().contains("started") {
        assert!(began.elapsed() < Duration::from_secs(20), "{}", text.log());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(
        text.log()
            .lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_err())
    );
}
