//! The real program as a child process.

use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::attempts::SecretsDirectory;

/// A running `vigil-worker`; killed when dropped.
pub(crate) struct Worker {
    child: Child,
    log: PathBuf,
}

/// Settings for tests: quick to notice, with limits that a loaded machine keeps.
pub(crate) const FAST: [&str; 12] = [
    "--lease=15s",
    "--deadline=5s",
    "--connect-timeout=5s",
    "--database-timeout=5s",
    "--poll-interval=200ms",
    "--heartbeat-interval=500ms",
    "--shutdown-timeout=3s",
    "--listen=127.0.0.1:0",
    "--log-format=json",
    "--allow-networks=127.0.0.0/8",
    "--concurrency=16",
    "--batch=16",
];

/// The shortest lease that SQL allows, for tests that wait for it to run out.
pub(crate) const SHORT_LEASE: [&str; 3] =
    ["--lease=5s", "--deadline=2s", "--database-timeout=1500ms"];

/// The program with `FAST` settings and nothing from this process's settings; `more` wins over `FAST`.
pub(crate) fn command(url: &str, secrets: &SecretsDirectory, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigil-worker"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("VIGIL_")) {
        command.env_remove(name);
    }
    let flag = |argument: &str| argument.split('=').next().unwrap_or_default().to_owned();
    let fast = FAST
        .iter()
        .filter(|one| !more.iter().any(|other| flag(other) == flag(one)));
    command
        .env("VIGIL_WORKER_DATABASE_URL", url)
        .arg("--secrets-dir")
        .arg(&secrets.0)
        .args(fast)
        .args(more)
        .stdin(Stdio::null());
    command
}

impl Worker {
    pub(crate) fn start(url: &str, secrets: &SecretsDirectory, more: &[&str]) -> Self {
        Self::spawn(command(url, secrets, more))
    }

    pub(crate) fn spawn(mut command: Command) -> Self {
        let log =
            std::env::temp_dir().join(format!("vigil-test-worker-{:016x}.log", fastrand::u64(..)));
        let file = std::fs::File::create(&log).expect("a log file");
        let child = command
            .stdout(file.try_clone().expect("a second handle"))
            .stderr(file)
            .spawn();
        Self {
            child: child.expect("the program starts"),
            log,
        }
    }

    /// Everything written to standard output and error so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("the log")
    }

    /// Where metrics and health are served, as the log says.
    pub(crate) async fn address(&self) -> String {
        let began = Instant::now();
        loop {
            let started = self.log().lines().find_map(|line| {
                let line: serde_json::Value = serde_json::from_str(line).ok()?;
                Some(line["address"].as_str()?.to_owned())
            });
            match started {
                Some(address) => return address,
                None => assert!(
                    began.elapsed() < Duration::from_secs(10),
                    "did not start: {}",
                    self.log()
                ),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Status and body of a path.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.address().await);
        let client = client();
        let response = client.get(url).send().await.expect("an answer");
        (
            response.status().as_u16(),
            response.text().await.expect("a body"),
        )
    }

    /// Waits for `/healthz` to answer `status`.
    pub(crate) async fn wait_for_health(&self, status: u16) {
        let began = Instant::now();
        loop {
            let answer = self.get("/healthz").await;
            if answer.0 == status {
                return;
            }
            assert!(
                began.elapsed() < Duration::from_secs(40),
                "{answer:?}\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Value of the metric that begins with `name` and the labels, if any.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let (status, metrics) = self.get("/metrics").await;
        assert_eq!(status, 200);
        let line = metrics
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in\n{metrics}"))
            .parse()
            .expect("a number")
    }

    pub(crate) fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .arg(format!("-{signal}"))
            .arg(self.child.id().to_string())
            .status();
        assert!(
            status.expect("kill runs").success(),
            "the process is there to be signalled"
        );
    }

    /// Kills the process as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the process can be killed");
        self.child.wait().expect("the process has ended");
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a status").is_some()
    }

    /// Waits for the process to end by itself.
    pub(crate) async fn ended(&mut self, patience: Duration) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return status;
            }
            assert!(
                began.elapsed() < patience,
                "still running after {patience:?}\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.log);
    }
}

/// A plain http client for loopback.
fn client() -> reqwest::Client {
    let tls = rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .expect("protocol versions")
    .with_root_certificates(rustls::RootCertStore::empty())
    .with_no_client_auth();
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy();
    builder
        .timeout(Duration::from_secs(5))
        .build()
        .expect("a client")
}
