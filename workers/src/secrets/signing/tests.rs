use super::*;

/// Secret, message and signature of the Standard Webhooks reference libraries.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const MESSAGE_ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const TIMESTAMP: i64 = 1_614_265_330;
const PAYLOAD: &str = r#"{"test": 2432232314}"#;
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

fn keys(content: &str) -> Option<SigningKeys> {
    SigningKeys::parse(content.as_bytes())
}

/// A secret of `length` zero bytes.
fn secret(length: usize) -> String {
    format!("whsec_{}", STANDARD.encode(vec![0; length]))
}

#[test]
fn signs_as_the_specification_says() {
    let keys = keys(SECRET).expect("a valid secret");
    assert_eq!(keys.signatures(MESSAGE_ID, TIMESTAMP, PAYLOAD), SIGNATURE);
    assert_ne!(
        keys.signatures(MESSAGE_ID, TIMESTAMP + 1, PAYLOAD),
        SIGNATURE
    );
    assert_ne!(keys.signatures("msg_other", TIMESTAMP, PAYLOAD), SIGNATURE);
    assert_ne!(
        keys.signatures(MESSAGE_ID, TIMESTAMP, r#"{"test":2432232314}"#),
        SIGNATURE
    );
}

#[test]
fn signs_with_every_key_while_a_secret_is_rotated() {
    let both = keys(&format!("{}\n{SECRET}\n", secret(24))).expect("two valid secrets");
    let signatures = both.signatures(MESSAGE_ID, TIMESTAMP, PAYLOAD);
    let (new, old) = signatures.split_once(' ').expect("two signatures");
    assert_eq!(old, SIGNATURE);
    assert_eq!(
        new,
        keys(&secret(24))
            .expect("a valid secret")
            .signatures(MESSAGE_ID, TIMESTAMP, PAYLOAD)
    );
}

#[test]
fn verifies_by_any_key_and_only_within_five_minutes() {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    let now = i64::try_from(now).expect("before the year 292 billion");
    let signer = keys(SECRET).expect("a valid secret");
    let verifier = keys(&format!("{}\n{SECRET}", secret(32))).expect("two valid secrets");
    for (offset, accepted) in [
        (0, true),
        (-290, true),
        (290, true),
        (-310, false),
        (310, false),
    ] {
        let timestamp = now + offset;
        let mut headers = axum::http::HeaderMap::new();
        headers.insert("webhook-id", MESSAGE_ID.parse().expect("a header"));
        headers.insert("webhook-timestamp", timestamp.into());
        headers.insert(
            "webhook-signature",
            signer
                .signatures(MESSAGE_ID, timestamp, PAYLOAD)
                .parse()
                .expect("a header"),
        );
        assert_eq!(
            verifier.verify(PAYLOAD.as_bytes(), &headers).is_ok(),
            accepted,
            "{offset}"
        );
        assert!(verifier.verify(b"{}", &headers).is_err(), "another payload");
        assert!(
            keys(&secret(32))
                .expect("a valid secret")
                .verify(PAYLOAD.as_bytes(), &headers)
                .is_err()
        );
    }
}

#[test]
fn content_table() {
    for (content, valid) in [
        (SECRET.to_owned(), true),
        (format!("{SECRET}\n"), true),
        (format!("  {SECRET}\r\n\n"), true),
        (secret(24), true),
        (secret(64), true),
        (secret(23), false),
        (secret(65), false),
        (String::new(), false),
        ("\n".to_owned(), false),
        ("whsec_".to_owned(), false),
        (SECRET.trim_start_matches("whsec_").to_owned(), false),
        (SECRET.replace("whsec_", "whsk_"), false),
        (format!("{SECRET}="), false),
        (SECRET.replace('9', "*"), false),
        ([SECRET; 4].join("\n"), true),
        ([SECRET; 5].join("\n"), false),
        (format!("{SECRET}\ngarbage"), false),
    ] {
        assert_eq!(keys(&content).is_some(), valid, "{content:?}");
    }
    assert!(SigningKeys::parse(b"whsec_\xff").is_none());
}
