//! Secrets of channels: read at delivery time, so that a rotated secret works without a restart.

mod signing;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use tokio::io::AsyncReadExt;

pub use signing::SigningKeys;

/// Longest secret read. Four signing secrets of the longest form take 380 bytes, a URL at most 2,000.
const LONGEST: u64 = 4096;
/// Environment variables that may be named by a channel begin so; nothing else of the environment is a secret of ours.
const VARIABLE_PREFIX: &str = "VIGIL_SECRET_";

/// Where secrets are: a directory and the environment.
#[derive(Clone, Debug)]
pub struct Secrets {
    directory: PathBuf,
    /// Looks an environment variable up.
    environment: fn(&str) -> Option<OsString>,
}

/// Why a secret could not be used. Names the secret, never its content.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SecretError {
    /// The channel names none.
    #[error("the channel has no secret; set secret_ref")]
    None,
    /// The channel's `secret_ref` is of neither form, or would leave the secrets directory.
    #[error(
        "the secret's name must be env:VIGIL_SECRET_NAME or file:PATH below the secrets directory"
    )]
    Name,
    /// No such file or variable.
    #[error("there is no secret {0}")]
    Missing(String),
    /// The file exists but could not be read; another attempt may succeed.
    #[error("the secret {0} cannot be read: {1}")]
    Unreadable(String, io::ErrorKind),
    /// Empty, too long or not text.
    #[error("the secret {0} is empty, longer than 4096 bytes or not text")]
    NoText(String),
    /// The content is not a Standard Webhooks secret.
    #[error("the secret {0} must hold whsec_ and base64 of 24 to 64 bytes, on one to four lines")]
    Malformed(String),
}

/// A secret's text. Has no debug form, so that no log line can hold one.
pub struct Secret(String);

impl Secret {
    /// The secret itself, for the request it is meant for.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Secrets {
    /// Secrets in `directory` and in this process's environment.
    pub fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            environment: |name| std::env::var_os(name),
        }
    }

    /// The first line of the secret, without white space around it.
    ///
    /// # Errors
    /// See [`SecretError`]; only [`SecretError::Unreadable`] may go away by itself.
    pub async fn text(&self, secret_ref: Option<&str>) -> Result<Secret, SecretError> {
        let (name, content) = self.content(secret_ref).await?;
        std::str::from_utf8(&content)
            .ok()
            .and_then(|text| text.trim().lines().next())
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.chars().any(char::is_control))
            .map(|line| Secret(line.to_owned()))
            .ok_or(SecretError::NoText(name))
    }

    /// The keys of the secret: one for each line, the first being the current one and the others those that receivers
    /// may still hold while a secret is being rotated.
    ///
    /// # Errors
    /// See [`SecretError`]; only [`SecretError::Unreadable`] may go away by itself.
    pub async fn signing_keys(&self, secret_ref: Option<&str>) -> Result<SigningKeys, SecretError> {
        let (name, content) = self.content(secret_ref).await?;
        SigningKeys::parse(&content).ok_or(SecretError::Malformed(name))
    }

    /// The secret's name as it may be told, and its content.
    async fn content(&self, secret_ref: Option<&str>) -> Result<(String, Vec<u8>), SecretError> {
        let secret_ref = secret_ref.ok_or(SecretError::None)?;
        let content = if let Some(variable) = secret_ref.strip_prefix("env:") {
            self.variable(variable)?
        } else if let Some(path) = secret_ref.strip_prefix("file:") {
            self.file(path).await?
        } else {
            return Err(SecretError::Name);
        };
        if content.len() as u64 > LONGEST {
            return Err(SecretError::NoText(secret_ref.to_owned()));
        }
        Ok((secret_ref.to_owned(), content))
    }

    fn variable(&self, name: &str) -> Result<Vec<u8>, SecretError> {
        let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        let rest = name.strip_prefix(VARIABLE_PREFIX).unwrap_or_default();
        if rest.is_empty() || name.len() > 200 || !rest.bytes().all(allowed) {
            return Err(SecretError::Name);
        }
        (self.environment)(name)
            .map(OsString::into_encoded_bytes)
            .ok_or_else(|| SecretError::Missing(format!("env:{name}")))
    }

    async fn file(&self, path: &str) -> Result<Vec<u8>, SecretError> {
        if !is_path(path) {
            return Err(SecretError::Name);
        }
        let shown = format!("file:{path}");
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                SecretError::Missing(shown.clone())
            }
            kind => SecretError::Unreadable(shown.clone(), kind),
        };
        // Links are followed first and judged by where they lead: secrets are often mounted as links within their
        // directory, and one that leads out of it is no secret.
        let root = tokio::fs::canonicalize(&self.directory)
            .await
            .map_err(failed)?;
        let found = tokio::fs::canonicalize(root.join(path))
            .await
            .map_err(failed)?;
        if !found.starts_with(&root) {
            return Err(SecretError::Name);
        }
        // Opening a pipe would wait for its writer.
        if !tokio::fs::metadata(&found).await.map_err(failed)?.is_file() {
            return Err(SecretError::NoText(shown));
        }
        let read = async {
            let mut content = Vec::new();
            let file = tokio::fs::File::open(&found).await?;
            file.take(LONGEST + 1).read_to_end(&mut content).await?;
            Ok(content)
        };
        read.await.map_err(failed)
    }
}

/// Up to four plain components: letters, digits, `_`, `-` and `.`, none of which begins with a dot.
fn is_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let component = |part: &str| {
        part.bytes()
            .next()
            .is_some_and(|first| first.is_ascii_alphanumeric())
            && part.bytes().all(plain)
    };
    let parts = path.split('/').count();
    (1..=4).contains(&parts) && path.len() <= 200 && path.split('/').all(component)
}

#[cfg(test)]
mod tests;
