use super::*;

/// A signing secret of the Standard Webhooks reference libraries.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A directory of its own, deleted when dropped.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("vigil-secrets-{:016x}", fastrand::u64(..)));
        std::fs::create_dir_all(path.join("secrets/ops")).expect("a writable temporary directory");
        Self(path)
    }

    fn write(&self, name: &str, content: &[u8]) {
        std::fs::write(self.0.join(name), content).expect("a file");
    }

    fn secrets(&self) -> Secrets {
        Secrets {
            directory: self.0.join("secrets"),
            environment: |name| match name {
                "VIGIL_SECRET_ACME_MAIL" => Some(" s3cret-canary \n".into()),
                "VIGIL_SECRET_EMPTY" => Some("".into()),
                "PATH" | "VIGIL_SECRET_" => Some("never".into()),
                _ => None,
            },
        }
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn text(secrets: &Secrets, name: &str) -> Result<String, SecretError> {
    let secret = secrets.text(Some(name)).await?;
    Ok(secret.reveal().to_owned())
}

#[test]
fn paths_cannot_leave_the_directory() {
    let long = "x".repeat(200);
    for path in [
        "a",
        "9",
        "customer-7",
        "ops_main",
        "acme/mail",
        "a/b/c/d",
        "a.b",
        "Ops",
        &long,
    ] {
        assert!(is_path(path), "{path}");
    }
    let longer = "x".repeat(201);
    for path in [
        "",
        "-a",
        "_a",
        ".a",
        "..",
        "../a",
        "a/..",
        "a/../b",
        "a//b",
        "/a",
        "a/",
        "/etc/passwd",
        "a/b/c/d/e",
        "a\0",
        "a b",
        "ä",
        "a\\b",
        "./a",
        &longer,
    ] {
        assert!(!is_path(path), "{path:?}");
    }
}

#[tokio::test]
async fn files_are_read_anew_each_time() {
    let directory = Directory::new();
    let secrets = directory.secrets();
    directory.write("secrets/ops/token", b"  first \r\nsecond\n");
    assert_eq!(
        text(&secrets, "file:ops/token").await,
        Ok("first".to_owned())
    );
    directory.write("secrets/ops/token", b"\n\nrotated");
    assert_eq!(
        text(&secrets, "file:ops/token").await,
        Ok("rotated".to_owned())
    );
    directory.write("secrets/hook", SECRET.as_bytes());
    assert!(secrets.signing_keys(Some("file:hook")).await.is_ok());
}

#[tokio::test]
async fn variables_of_the_environment_are_ours_by_their_prefix() {
    let directory = Directory::new();
    let secrets = directory.secrets();
    assert_eq!(
        text(&secrets, "env:VIGIL_SECRET_ACME_MAIL").await,
        Ok("s3cret-canary".to_owned())
    );
    for name in [
        "env:PATH",
        "env:VIGIL_SECRET_",
        "env:vigil_secret_a",
        "env:VIGIL_SECRET_a",
        "env:",
    ] {
        assert_eq!(text(&secrets, name).await, Err(SecretError::Name), "{name}");
    }
    assert_eq!(
        text(&secrets, "env:VIGIL_SECRET_ABSENT").await,
        Err(SecretError::Missing("env:VIGIL_SECRET_ABSENT".to_owned()))
    );
    assert_eq!(
        text(&secrets, "env:VIGIL_SECRET_EMPTY").await,
        Err(SecretError::NoText("env:VIGIL_SECRET_EMPTY".to_owned()))
    );
}

#[tokio::test]
async fn links_are_judged_by_where_they_lead() {
    use std::os::unix::fs::symlink;
    let directory = Directory::new();
    let secrets = directory.secrets();
    directory.write("outside", b"s3cret-canary");
    directory.write("secrets/inside", b"mounted");
    let link = |name: &str, to: PathBuf| {
        symlink(to, directory.0.join("secrets").join(name)).expect("a link");
    };
    link("within", directory.0.join("secrets/inside"));
    link("relative", PathBuf::from("inside"));
    link("out", directory.0.join("outside"));
    link("up", PathBuf::from("../outside"));
    link("parent", PathBuf::from(".."));
    link("loop", PathBuf::from("loop"));
    assert_eq!(
        text(&secrets, "file:within").await,
        Ok("mounted".to_owned())
    );
    assert_eq!(
        text(&secrets, "file:relative").await,
        Ok("mounted".to_owned())
    );
    for name in ["file:out", "file:up", "file:parent/outside"] {
        assert_eq!(text(&secrets, name).await, Err(SecretError::Name), "{name}");
    }
    assert!(matches!(
        text(&secrets, "file:loop").await,
        Err(SecretError::Unreadable(..))
    ));
}

#[tokio::test]
async fn every_failure_names_the_secret_and_not_its_content() {
    let directory = Directory::new();
    let secrets = directory.secrets();
    directory.write("secrets/bad", b"s3cret-canary");
    directory.write("secrets/long", format!("{SECRET}\n").repeat(200).as_bytes());
    directory.write("secrets/empty", b" \n ");
    directory.write("secrets/binary", b"s3cret-canary\xff");
    directory.write("secrets/control", b"s3cret\x07canary");
    let named = |name: &str| format!("file:{name}");
    assert_eq!(secrets.text(None).await.err(), Some(SecretError::None));
    for (name, expected) in [
        ("bad", SecretError::Name),
        ("file:../bad", SecretError::Name),
        ("FILE:bad", SecretError::Name),
        ("file:absent", SecretError::Missing(named("absent"))),
        ("file:bad/deeper", SecretError::Missing(named("bad/deeper"))),
        ("file:ops", SecretError::NoText(named("ops"))),
        ("file:long", SecretError::NoText(named("long"))),
        ("file:empty", SecretError::NoText(named("empty"))),
        ("file:binary", SecretError::NoText(named("binary"))),
        ("file:control", SecretError::NoText(named("control"))),
    ] {
        let error = text(&secrets, name).await.expect_err(name);
        assert!(!error.to_string().contains("canary"), "{error}");
        assert_eq!(error, expected, "{name}");
    }
    let error = secrets
        .signing_keys(Some("file:bad"))
        .await
        .err()
        .expect("a failure");
    assert_eq!(error, SecretError::Malformed(named("bad")));
    assert!(!error.to_string().contains("canary"), "{error}");
}
