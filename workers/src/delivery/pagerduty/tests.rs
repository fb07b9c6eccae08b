use super::*;
use crate::delivery::fixtures;

fn event_of(change: impl FnOnce(&mut Notification)) -> Value {
    let mut notification = fixtures::notification("pagerduty", "page", "en");
    change(&mut notification);
    let (message, written) = fixtures::written(&notification);
    event(&notification, &message, &written)
}

#[test]
fn severities_and_actions() {
    for (severity, expected) in [
        ("critical", "critical"),
        ("high", "error"),
        ("medium", "warning"),
        ("low", "info"),
        ("unheard-of", "info"),
    ] {
        let event = event_of(|notification| {
            notification.payload =
                json!({"type": "incident.triggered", "data": {"severity": severity, "title": "t"}})
                    .to_string();
        });
        assert_eq!(event["payload"]["severity"], expected);
    }
    for (purpose, action, key) in [
        ("page", "trigger", "vigil/1/incident/42"),
        ("update", "trigger", "vigil/1/incident/42"),
        ("remind", "trigger", "vigil/1/incident/42"),
        ("acknowledge", "acknowledge", "vigil/1/incident/42"),
        ("resolve", "resolve", "vigil/1/incident/42"),
        ("note", "trigger", "msg_2mXbVJ7kSQ"),
        ("test", "trigger", "msg_2mXbVJ7kSQ"),
        ("handoff", "trigger", "msg_2mXbVJ7kSQ"),
    ] {
        let event = event_of(|notification| {
            notification.purpose = purpose.to_owned();
            notification.payload = fixtures::payload(purpose).to_string();
        });
        assert_eq!(
            (&event["event_action"], &event["dedup_key"]),
            (&action.into(), &key.into())
        );
        assert_eq!(event["payload"].is_null(), action != "trigger", "{purpose}");
        let own = !key.starts_with("vigil");
        assert!(!own || event["payload"]["severity"] == "info", "{purpose}");
    }
    let without_thread = event_of(|notification| notification.thread_id = None);
    assert_eq!(without_thread["dedup_key"], "msg_2mXbVJ7kSQ");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(16))]
    #[test]
    fn events_stay_within_pagerdutys_limits(
        piece in "(\\PC|\u{1F514}){0,6}", times in 0_usize..400, thread in 1_usize..400, alerts in 0_usize..3000,
    ) {
        let title = piece.repeat(times);
        let event = event_of(|notification| {
            notification.thread_id = Some("t".repeat(thread));
            notification.payload = json!({
                "type": "incident.triggered",
                "data": {"title": title, "severity": "high",
                         "alerts": vec![json!({"summary": "vibration above its typical range"}); alerts]},
            })
            .to_string();
        });
        let units = |value: &Value| value.as_str().expect("a text").encode_utf16().count();
        proptest::prop_assert!((1..=255).contains(&units(&event["dedup_key"])));
        proptest::prop_assert!((1..=1024).contains(&units(&event["payload"]["summary"])));
        proptest::prop_assert!(event.to_string().len() <= 512 * 1000);
    }
}
