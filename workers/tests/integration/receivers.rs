//! The project's own receiver, in this process, and what it wrote down.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use vigil_worker::receiver::{Entry, Fault, Faults, Journal, Receiver};
use vigil_worker::secrets::SigningKeys;

/// The secret of the Standard Webhooks reference libraries.
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A running receiver with a journal of its own; stops when dropped.
pub(crate) struct Received {
    pub(crate) address: SocketAddr,
    /// Where it takes mail.
    pub(crate) mail: SocketAddr,
    journal: PathBuf,
    task: JoinHandle<()>,
}

impl Received {
    pub(crate) async fn start(faults: Faults) -> Self {
        let journal =
            std::env::temp_dir().join(format!("vigil-test-journal-{:016x}", fastrand::u64(..)));
        let keys = SigningKeys::parse(SECRET.as_bytes()).expect("a valid secret");
        let writer = Journal::open(Some(&journal), false).expect("a journal");
        let receiver = Receiver::bind(
            "127.0.0.1:0".parse().expect("an address"),
            keys,
            faults,
            writer,
        );
        let receiver = receiver.await.expect("a free port");
        let mail = "127.0.0.1:0".parse().expect("an address");
        let receiver = receiver.with_mail(mail).await.expect("a free port");
        let address = receiver.address().expect("the port");
        let mail = receiver.mail_address().expect("the port");
        let task = tokio::spawn(async move {
            receiver
                .run(std::future::pending())
                .await
                .expect("a receiver that runs");
        });
        Self {
            address,
            mail,
            journal,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Everything that arrived so far.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let journal = std::fs::read_to_string(&self.journal).expect("the journal");
        journal
            .lines()
            .map(|line| serde_json::from_str(line).expect("an entry"))
            .collect()
    }

    /// How often each message was taken, with a good signature and 2xx.
    pub(crate) fn taken(&self) -> HashMap<String, usize> {
        let mut taken = HashMap::new();
        for entry in self.entries() {
            assert!(entry.verified, "{} has a bad signature", entry.message_id);
            if (200..300).contains(&entry.status) {
                *taken.entry(entry.message_id).or_default() += 1;
            }
        }
        taken
    }

    /// Waits until `count` different messages were taken.
    pub(crate) async fn wait_for(&self, count: usize, patience: Duration) {
        let began = Instant::now();
        while self.taken().len() < count {
            assert!(
                began.elapsed() < patience,
                "{} of {count} arrived in {patience:?}",
                self.taken().len()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_file(&self.journal);
    }
}

/// Every delivery is taken, `delay` after it arrived.
pub(crate) fn slow(delay: Duration) -> Faults {
    Faults::new(shares(0.0, 0.0, 0.0, 1.0), Duration::ZERO, delay, 0).expect("valid shares")
}

pub(crate) fn shares(error: f64, throttle: f64, hang: f64, slow: f64) -> [(f64, Fault); 4] {
    [
        (error, Fault::Error),
        (throttle, Fault::Throttle),
        (hang, Fault::Hang),
        (slow, Fault::Slow),
    ]
}
