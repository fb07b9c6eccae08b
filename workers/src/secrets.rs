//! Signing secrets: files read at delivery time, so that a rotated secret works without a restart.

use std::io;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use standardwebhooks::Webhook;
use tokio::io::AsyncReadExt;

/// Longest file read. Four secrets of the longest form take 380 bytes.
const LONGEST_FILE: u64 = 4096;
/// Secrets in one file: the current one and those on their way out. More would only lengthen every request.
const MOST_SECRETS: usize = 4;

/// The directory of signing secrets.
#[derive(Clone, Debug)]
pub struct Secrets {
    directory: PathBuf,
}

/// Keys of one channel. Has no debug form, so that no log line can hold one.
pub struct SigningKeys(Vec<Webhook>);

/// Why a secret could not be used. Names the secret, never its content.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SecretError {
    /// The channel's `secret_ref` is not a name; it could otherwise leave the directory.
    #[error("the secret's name is not of the form [a-z0-9][a-z0-9_-]{{0,62}}")]
    Name,
    /// No such file.
    #[error("the secrets directory has no file named {0}")]
    Missing(String),
    /// The file exists but could not be read; another attempt may succeed.
    #[error("the secret {0} cannot be read: {1}")]
    Unreadable(String, io::ErrorKind),
    /// The content is not a Standard Webhooks secret.
    #[error(
        "the file of the secret {0} must hold whsec_ and base64 of 24 to 64 bytes, on one to four lines"
    )]
    Malformed(String),
}

impl Secrets {
    /// Secrets in `directory`.
    pub fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Reads the keys named `name`: one for each line of the file, the first being the current one and the others
    /// those that receivers may still hold while a secret is being rotated.
    ///
    /// # Errors
    /// See [`SecretError`]; only [`SecretError::Unreadable`] may go away by itself.
    pub async fn read(&self, name: &str) -> Result<SigningKeys, SecretError> {
        if !is_name(name) {
            return Err(SecretError::Name);
        }
        let read = async {
            let mut content = Vec::new();
            let file = tokio::fs::File::open(self.directory.join(name)).await?;
            file.take(LONGEST_FILE + 1)
                .read_to_end(&mut content)
                .await?;
            Ok::<_, io::Error>(content)
        };
        match read.await {
            Ok(content) if content.len() as u64 <= LONGEST_FILE => {
                SigningKeys::parse(&content).ok_or_else(|| SecretError::Malformed(name.to_owned()))
            }
            Ok(_) => Err(SecretError::Malformed(name.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(SecretError::Missing(name.to_owned()))
            }
            Err(error) => Err(SecretError::Unreadable(name.to_owned(), error.kind())),
        }
    }
}

impl SigningKeys {
    /// Keys from the content of a secret file; none when any line is not a Standard Webhooks secret.
    pub fn parse(content: &[u8]) -> Option<Self> {
        let lines = std::str::from_utf8(content)
            .ok()?
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        let keys: Option<Vec<_>> = lines
            .map(|line| {
                let key = STANDARD.decode(line.strip_prefix("whsec_")?).ok()?;
                // The bounds are the specification's; a short key could be guessed from one signature.
                (24..=64)
                    .contains(&key.len())
                    .then(|| Webhook::from_bytes(key).ok())?
            })
            .collect();
        keys.filter(|keys| (1..=MOST_SECRETS).contains(&keys.len()))
            .map(Self)
    }

    /// Value of `webhook-signature`: one `v1,` signature for each key, separated by spaces. `timestamp` is in Unix
    /// seconds.
    pub fn signatures(&self, message_id: &str, timestamp: i64, payload: &str) -> String {
        let signatures = self
            .0
            .iter()
            .filter_map(|key| key.sign(message_id, timestamp, payload.as_bytes()).ok());
        signatures.collect::<Vec<_>>().join(" ")
    }

    /// Whether `headers` hold a signature of `payload` by any of the keys and a time within five minutes of now.
    ///
    /// # Errors
    /// What is wrong with the headers, or that no key made the signature.
    pub fn verify(
        &self,
        payload: &[u8],
        headers: &axum::http::HeaderMap,
    ) -> Result<(), standardwebhooks::WebhookError> {
        let mut result = Err(standardwebhooks::WebhookError::InvalidSignature);
        for key in &self.0 {
            result = key.verify(payload, headers);
            if result.is_ok() {
                break;
            }
        }
        result
    }
}

fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.len() <= 63
        && name
            .bytes()
            .enumerate()
            .all(|(at, byte)| allowed(byte) || (at > 0 && matches!(byte, b'_' | b'-')))
        && !name.is_empty()
}

#[cfg(test)]
mod tests;
