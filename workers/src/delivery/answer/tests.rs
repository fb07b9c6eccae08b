use super::*;
use crate::delivery::{pagerduty, slack, sms, teams, webhook};

pub(crate) fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).expect("a status code"),
        retry_after: Some(Duration::from_secs(7)),
        body: body.as_bytes().to_vec(),
    }
}

type Judge = fn(&Answer) -> Outcome;

/// Every kind that is sent over HTTP: how it judges, what it accepts, and the body of an accepted answer.
const KINDS: [(&str, Judge, &[u16], &str); 5] = [
    ("webhook", webhook::judge, &[], ""),
    ("slack", slack::judge, &[200], "ok"),
    ("teams", teams::judge, &[200, 202], ""),
    (
        "pagerduty",
        pagerduty::judge,
        &[202],
        "{\"status\":\"success\"}",
    ),
    (
        "sms",
        sms::judge,
        &[201],
        "{\"sid\":\"SM1\",\"status\":\"queued\"}",
    ),
];

#[test]
fn every_status_code_means_what_the_table_says_for_every_kind() {
    for (kind, judge, accepted, body) in KINDS {
        let mut counts = [0; 4];
        for code in (100..=599).chain([600, 999]) {
            let expected = match code {
                200..=299 if accepted.is_empty() || accepted.contains(&code) => "delivered",
                200..=299 | 408 | 425 | 429 => "retry",
                410 => "gone",
                300..=499 => "permanent",
                _ => "retry",
            };
            let outcome = judge(&answer(code, body));
            assert_eq!(outcome.name(), expected, "{kind} {code}");
            assert_eq!(outcome.status(), Some(code), "{kind}");
            let wait = (expected == "retry").then_some(Duration::from_secs(7));
            assert_eq!(outcome.retry_after(), wait, "{kind} {code}");
            let detail = outcome.detail();
            assert_eq!(detail.is_none(), expected == "delivered", "{kind} {code}");
            assert!(
                detail.is_none_or(|text| text.starts_with(&format!("answered {code}"))),
                "{kind} {code}: {detail:?}"
            );
            if (100..=599).contains(&code) {
                counts[["delivered", "retry", "permanent", "gone"]
                    .iter()
                    .position(|name| *name == expected)
                    .expect("a known outcome")] += 1;
            }
        }
        let delivered = if accepted.is_empty() {
            100
        } else {
            accepted.len()
        };
        assert_eq!(
            counts,
            [delivered, 303 - delivered, 196, 1],
            "{kind}: delivered, retry, permanent, gone"
        );
    }
}

#[test]
fn bodies_decide_where_a_service_is_known_to_say_more_than_its_status() {
    for (kind, status, body, outcome, said) in [
        ("slack", 200, "ok", "delivered", ""),
        ("slack", 200, "ok\n", "delivered", ""),
        ("slack", 200, "", "retry", "without ok"),
        ("slack", 200, "<html>log in", "retry", "without ok"),
        ("slack", 404, "no_service", "gone", "no_service"),
        (
            "slack",
            404,
            "channel_not_found",
            "permanent",
            "channel_not_found",
        ),
        (
            "slack",
            403,
            "action_prohibited",
            "permanent",
            "action_prohibited",
        ),
        (
            "slack",
            410,
            "channel_is_archived",
            "gone",
            "channel_is_archived",
        ),
        (
            "slack",
            400,
            "invalid_payload",
            "permanent",
            "invalid_payload",
        ),
        ("slack", 400, "s3cret", "permanent", "400"),
        ("slack", 500, "rollup_error", "retry", "rollup_error"),
        ("teams", 202, "", "delivered", ""),
        ("teams", 200, "1", "delivered", ""),
        (
            "teams",
            200,
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId",
            "retry",
            "too many messages",
        ),
        ("pagerduty", 202, "", "delivered", ""),
        (
            "pagerduty",
            400,
            "{\"message\":\"s3cret\"}",
            "permanent",
            "400",
        ),
        ("sms", 201, "", "delivered", ""),
        ("sms", 429, "{\"code\":20429}", "retry", "20429"),
        ("sms", 400, "{\"code\":20429}", "retry", "20429"),
        (
            "sms",
            400,
            "{\"code\":21610,\"message\":\"s3cret\"}",
            "permanent",
            "opted out",
        ),
        (
            "sms",
            400,
            "{\"code\":21211}",
            "permanent",
            "not a telephone number",
        ),
        (
            "sms",
            400,
            "{\"code\":21614}",
            "permanent",
            "not a mobile number",
        ),
        ("sms", 400, "{\"code\":99999}", "permanent", "99999"),
        ("sms", 401, "{\"code\":20003}", "permanent", "account"),
    ] {
        let judge = KINDS
            .iter()
            .find(|known| known.0 == kind)
            .expect("a kind")
            .1;
        let judged = judge(&answer(status, body));
        assert_eq!(judged.name(), outcome, "{kind} {status} {body}: {judged:?}");
        let detail = judged.detail().unwrap_or_default();
        assert!(
            detail.contains(said) && !detail.contains("s3cret"),
            "{kind} {status} {body}: {detail}"
        );
    }
}
