//! Keys that sign webhooks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use standardwebhooks::Webhook;

/// Secrets at once: the current one and those on their way out. More would only lengthen every request.
const MOST_SECRETS: usize = 4;

/// Keys of one channel. Has no debug form, so that no log line can hold one.
pub struct SigningKeys(Vec<Webhook>);

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

#[cfg(test)]
mod tests;
