//! Receivers that stall, flood, lie, break off or are not what they seem.

use std::sync::Arc;
use std::time::{Duration, Instant};

use vigil_worker::delivery::Outcome;
use vigil_worker::receiver::Faults;

use crate::attempts::{
    DEADLINE, SecretsDirectory, assert_retry, attempt, channels, delivered, notification,
};
use crate::receivers::Received;
use crate::servers::{Answer, Server, self_signed, status};

#[tokio::test]
async fn answers_that_never_come_or_never_end_meet_the_deadline() {
    let head = "HTTP/1.1 200 OK\r\n".to_owned();
    for answer in [
        Answer::Silence,
        // Slow loris: header bytes one at a time, and header lines for ever.
        Answer::Trickle(String::new(), "H".to_owned(), 20),
        Answer::Trickle(head.clone(), "x".to_owned(), 20),
        Answer::Trickle(head.clone(), "x: y\r\n".to_owned(), 20),
        // Interim answers for ever.
        Answer::Trickle(
            String::new(),
            "HTTP/1.1 103 Early Hints\r\n\r\n".to_owned(),
            20,
        ),
    ] {
        let server = Server::start(answer).await;
        assert_retry(
            &attempt(&server.url()).await,
            None,
            "no answer before the deadline",
        );
    }
}

#[tokio::test]
async fn a_flood_of_headers_is_cut_off() {
    for answer in [
        Answer::Flood("HTTP/1.1 200 OK\r\n".to_owned(), "x: y\r\n".repeat(1000)),
        Answer::Flood("HTTP/1.1 200 OK\r\nx: ".to_owned(), "y".repeat(10_000)),
        Answer::Flood("HTTP/1.1 ".to_owned(), "2".repeat(10_000)),
    ] {
        let server = Server::start(answer).await;
        assert_retry(
            &attempt(&server.url()).await,
            None,
            "the connection ended without a valid http answer",
        );
        assert!(
            server.written() < 16 * 1024 * 1024,
            "{} bytes were taken",
            server.written()
        );
    }
}

#[tokio::test]
async fn a_body_without_end_is_read_to_the_cap_and_the_status_decides() {
    let chunk = format!("2710\r\n{}\r\n", "x".repeat(10_000));
    for (code, outcome) in [(200, "delivered"), (500, "retry")] {
        let head = format!("HTTP/1.1 {code} X\r\ntransfer-encoding: chunked\r\n\r\n");
        let server = Server::start(Answer::Flood(head, chunk.clone())).await;
        let actual = attempt(&server.url()).await;
        assert_eq!((actual.name(), actual.status()), (outcome, Some(code)));
        // What the program did not read filled the two systems' socket buffers.
        assert!(
            server.written() < 16 * 1024 * 1024,
            "{} bytes were taken",
            server.written()
        );
    }
}

#[tokio::test]
async fn a_body_that_stalls_or_lies_does_not_undo_the_status() {
    for answer in [
        Answer::Trickle(
            "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n".to_owned(),
            "x".to_owned(),
            20,
        ),
        Answer::Bytes("HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\nshort".to_owned()),
        Answer::Bytes(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnot a chunk".to_owned(),
        ),
        Answer::Bytes("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\nnot gzip".to_owned()),
    ] {
        let server = Server::start(answer).await;
        assert_eq!(attempt(&server.url()).await, delivered(200));
    }
}

/// 64 MB of zeros in 64 KB. They are not unpacked, since nothing was said to be able to.
#[tokio::test]
async fn a_gzip_bomb_is_not_set_off() {
    use std::io::Write as _;
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&vec![0; 64 * 1024 * 1024]).expect("zeros");
    let bomb: Arc<[u8]> = bomb.finish().expect("a bomb").into();
    for (code, outcome) in [(200, "delivered"), (500, "retry")] {
        let head = format!(
            "HTTP/1.1 {code} X\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            bomb.len()
        );
        let server = Server::start(Answer::Raw(head, Arc::clone(&bomb))).await;
        let actual = attempt(&server.url()).await;
        assert_eq!((actual.name(), actual.status()), (outcome, Some(code)));
    }
}

/// Where no channel may lead, by any way of writing it, even with loopback allowed.
#[tokio::test]
async fn addresses_in_disguise_get_no_connection() {
    for url in [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[64:ff9b::169.254.169.254]/",
        "http://[64:ff9b::7f00:1]/",
        "http://2852039166/",
        "http://0xa9.0xfe.0xa9.0xfe/",
    ] {
        let outcome = attempt(url).await;
        assert_eq!(
            (outcome.name(), outcome.status()),
            ("permanent", None),
            "{url}"
        );
        let detail = outcome.detail().expect("a detail");
        assert!(detail.contains("which is not allowed"), "{url}: {detail}");
    }
    let location = "location: http://169.254.169.254/latest/meta-data/\r\n";
    let redirect = attempt(&Server::start(status(302, location)).await.url()).await;
    assert_eq!(
        (redirect.name(), redirect.status()),
        ("permanent", Some(302))
    );
}

#[tokio::test]
async fn broken_connections_are_tried_again() {
    let reset = Server::start(Answer::Reset).await;
    assert_retry(
        &attempt(&reset.url()).await,
        None,
        "the connection was reset",
    );
    assert_eq!(
        reset.accepted(),
        1,
        "the client makes no attempts of its own"
    );
    for garbage in [
        "",
        "nonsense\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
    ] {
        let server = Server::start(Answer::Bytes(garbage.to_owned())).await;
        let outcome = attempt(&server.url()).await;
        assert_retry(
            &outcome,
            None,
            "the connection ended without a valid http answer",
        );
        assert_eq!(
            server.accepted(),
            1,
            "the client makes no attempts of its own"
        );
    }
    let closed = Server::start(Answer::Close).await;
    assert_retry(
        &attempt(&closed.url()).await,
        None,
        "the connection ended without a valid http answer",
    );
    let gone = Server::start(Answer::Close).await.url();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_retry(&attempt(&gone).await, None, "the connection was refused");
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_tried_again() {
    let outcome = attempt("http://no-such-host.invalid/").await;
    assert!(
        matches!(outcome, Outcome::Retry { status: None, .. }),
        "{outcome:?}"
    );
    // A machine without name servers waits for them longer than the deadline.
    let detail = outcome.detail().expect("a detail");
    let expected = [
        "the host name could not be looked up",
        "connecting timed out",
        "no answer before the deadline",
    ];
    assert!(expected.contains(&detail), "{detail}");
}

#[tokio::test]
async fn a_name_that_leads_to_a_forbidden_address_gets_no_connection() {
    let server = Server::start(status(200, "")).await;
    let url = format!("http://localhost:{}/hook", server.address.port());
    let secrets = SecretsDirectory::new();
    for allowed in ["", "10.0.0.0/8", "127.0.0.2/32"] {
        let outcome = channels(&secrets, allowed)
            .deliver(&notification(&url))
            .await;
        assert!(
            matches!(outcome, Outcome::Permanent { status: None, .. }),
            "{outcome:?}"
        );
        assert!(
            outcome
                .detail()
                .is_some_and(|detail| detail.contains("a loopback address")),
            "{outcome:?}"
        );
    }
    assert_eq!(server.accepted(), 0);
    let outcome = channels(&secrets, "127.0.0.0/8")
        .deliver(&notification(&url))
        .await;
    assert_eq!((outcome, server.accepted()), (delivered(200), 1));
}

#[tokio::test]
async fn a_receiver_with_an_untrusted_certificate_gets_no_payload() {
    let (acceptor, _) = self_signed();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let url = format!(
        "https://localhost:{}/",
        listener.local_addr().expect("the port").port()
    );
    let handshake = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        acceptor.accept(stream).await.map(|_| ())
    });
    let outcome = attempt(&url).await;
    assert_retry(
        &outcome,
        None,
        "the receiver's certificate is not trusted or not valid for its name",
    );
    assert!(
        handshake.await.expect("the server").is_err(),
        "the handshake was not completed"
    );
    // A server that does not speak TLS at all.
    let plain = Server::start(status(200, "")).await;
    let outcome = attempt(&plain.url().replace("http:", "https:")).await;
    assert!(
        matches!(outcome, Outcome::Retry { status: None, .. }),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn one_dead_receiver_does_not_delay_another() {
    let dead = Server::start(Answer::Silence).await;
    let good = Received::start(Faults::none()).await;
    let secrets = SecretsDirectory::new();
    let channels = Arc::new(channels(&secrets, "127.0.0.1"));
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (channels, sent) = (Arc::clone(&channels), notification(&dead.url()));
        waiting.spawn(async move { channels.deliver(&sent).await });
    }
    let began = Instant::now();
    for _ in 0..20 {
        let outcome = channels.deliver(&notification(&good.url())).await;
        assert_eq!(outcome, delivered(204));
    }
    assert!(
        began.elapsed() < 8 * DEADLINE,
        "20 good deliveries took {:?} beside 50 dead ones",
        began.elapsed()
    );
    for outcome in waiting.join_all().await {
        assert_eq!(outcome.name(), "retry");
    }
}
