use std::time::Duration;

use serde_json::json;

use super::*;

fn notification(kind: &str, template: Option<serde_json::Value>) -> Notification {
    Notification {
        id: 1,
        attempt: 1,
        message_id: "msg_1".to_owned(),
        kind: kind.to_owned(),
        purpose: "page".to_owned(),
        config: "{}".to_owned(),
        address: None,
        secret_ref: None,
        payload: json!({
            "type": "incident.triggered",
            "timestamp": "2026-11-28T12:00:00.000Z",
            "data": {"title": "a <b> & *c*", "severity": "high", "incident_id": 7, "list": [1, 2],
                     "opened_at": "2026-07-01T12:00:00Z", "recipient": {"time_zone": "Asia/Kathmandu"}},
        })
        .to_string(),
        template: template.map(|template| template.to_string()),
        language: "en".to_owned(),
        allow_http: false,
        thread_id: None,
        link_token: None,
        age: Duration::ZERO,
        clock: crate::clock::Clock::of_this_machine(),
    }
}

fn write(notification: &Notification) -> Written {
    let link = Some("https://v.example/rpc/acknowledge_link?token=t&x=1".to_owned());
    let message = Message::read(notification, link).expect("json");
    Templates::new()
        .expect("the built-in templates")
        .write(notification, &message)
}

fn body(kind: &str, source: &str) -> Written {
    write(&notification(kind, Some(json!({ "body": source }))))
}

#[test]
fn a_template_sees_the_payload_and_is_escaped_for_its_medium() {
    let source =
        "{{ type }} {{ data.title }} {{ data.title|bold }} {{ link(links.acknowledge, 'A&B') }}";
    for (kind, expected) in [
        (
            "email",
            "incident.triggered a <b> & *c* a <b> & *c* A&B: https://v.example/rpc/acknowledge_link?token=t&x=1",
        ),
        (
            "slack",
            "incident.triggered a &lt;b&gt; &amp; *c* a &lt;b&gt; &amp; *c* \
             <https://v.example/rpc/acknowledge_link?token=t&amp;x=1|A&amp;B>",
        ),
        (
            "teams",
            "incident.triggered a \\<b\\> & \\*c\\* **a \\<b\\> & \\*c\\*** \
             [A&B](https://v.example/rpc/acknowledge_link?token=t&x=1)",
        ),
    ] {
        let written = body(kind, source);
        assert_eq!(
            (written.body.as_str(), written.problem),
            (expected, None),
            "{kind}"
        );
        assert!(written.facts.is_empty());
    }
    let html = write(&notification(
        "email",
        Some(json!({"subject": "S: {{ data.title }}", "body": "b", "html": source})),
    ));
    assert_eq!(html.subject, "S: a <b> & *c*");
    assert_eq!(
        html.html.as_deref(),
        Some(
            "incident.triggered a &lt;b&gt; &amp; *c* <strong>a &lt;b&gt; &amp; *c*</strong> \
             <a href=\"https://v.example/rpc/acknowledge_link?token=t&amp;x=1\">A&amp;B</a>"
        )
    );
}

#[test]
fn variables_filters_and_times() {
    for (source, expected) in [
        ("[{{ data.nothing.at.all }}]", "[]"),
        ("[{{ nothing|upper }}]", "[]"),
        ("[{{ data.acknowledged_by|default('nobody') }}]", "[nobody]"),
        (
            "{{ data.list|length }} {{ data.incident_id + 1 }} {{ 1.26|round(1) }}",
            "2 8 1.3",
        ),
        ("{{ data.opened_at|time }}", "2026-07-01 17:45 +0545"),
        ("{{ data.title|time }}", "a <b> & *c*"),
        ("{{ 'äbcdef'|cut(3) }} {{ 'abc'|cut(3) }}", "äb… abc"),
        ("{% for n in data.list %}{{ n }},{% endfor %}", "1,2,"),
        (
            "{{ purpose }} {{ language }} {{ medium }} {{ timestamp }}",
            "page en plain 2026-11-28T12:00:00.000Z",
        ),
        (
            "{% if data.missing is defined %}yes{% else %}no{% endif %}",
            "no",
        ),
    ] {
        let written = body("email", source);
        assert_eq!(
            (written.body.as_str(), written.problem),
            (expected, None),
            "{source}"
        );
    }
    assert_eq!(
        body("sms", "[{{ links.acknowledge }}]").body,
        "[]",
        "an SMS gets its link after it is cut"
    );
}

#[test]
fn a_webhook_template_makes_json() {
    let source = r#"{"t": {{ data.title }}, "n": {{ data.incident_id }}, "l": {{ data.list }}, "x": {{ no }}}"#;
    let written = body("webhook", source);
    assert_eq!(written.problem, None);
    let made: serde_json::Value = serde_json::from_str(&written.body).expect("json");
    assert_eq!(
        made,
        json!({"t": "a <b> & *c*", "n": 7, "l": [1, 2], "x": null})
    );
}

/// A template that fails never loses the message: the built-in one is used, and why is said without a word of it.
#[test]
fn poison_is_replaced_by_the_built_in_template() {
    let doubled = |set: &str, n: usize| set.repeat(n);
    let grown = format!(
        "{{% set x = 'canary' %}}{}{{{{ x }}}}",
        doubled("{% set x = x ~ x %}", 60)
    );
    let lists = format!(
        "{{% set x = [1, 1] %}}{}",
        doubled("{% set x = [x, x] %}", 60)
    );
    let compared = format!(
        "{lists}{{% set y = [1, 1] %}}{}{{% if x == y %}}canary{{% endif %}}",
        doubled("{% set y = [y, y] %}", 60)
    );
    let captured = format!(
        "{{% set x %}}canary{{% endset %}}{}",
        doubled("{% set x %}{{ x }}{{ x }}{% endset %}", 60)
    );
    let nested = format!(
        "{}canary{}",
        "{% if true %}".repeat(400),
        "{% endif %}".repeat(400)
    );
    let parens = format!("{{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000));
    let loops = "{% for a in data.alphabet %}".to_owned();
    let looped =
        "{% for a in 'canarycanarycanarycanary' %}".repeat(6) + "x" + &"{% endfor %}".repeat(6);
    for (source, expected) in [
        ("{{ canary", "its body cannot be parsed (line 1)"),
        ("{% if %}canary", "its body cannot be parsed (line 1)"),
        ("\n\n{% canary %}", "its body cannot be parsed (line 3)"),
        ("{{ '\\u{canary}' }}", "its body cannot be parsed"),
        (&loops, "its body cannot be parsed"),
        (&nested, "its body"),
        (&parens, "its body cannot be parsed"),
        (
            "{{ data|canary }}",
            "its body uses a filter that does not exist (line 1)",
        ),
        (
            "{{ canary() }}",
            "its body calls a function that does not exist (line 1)",
        ),
        ("{{ data.title.canary() }}", "its body"),
        (
            "{{ range(100000) }}",
            "its body calls a function that does not exist",
        ),
        (
            "{{ 1 / 0 }}",
            "its body does something with a value that cannot be done",
        ),
        (
            "{{ data }}",
            "its body does something with a value that cannot be done",
        ),
        ("{{ 'canary' * 1000000000000 }}", "its body"),
        ("{{ 'canary' * 100000 }}", "its body"),
        (
            &"canary ".repeat(10_000),
            "its body comes out longer than 65536 bytes",
        ),
        (
            &looped,
            "its body takes too many steps or makes too much text",
        ),
        (
            &grown,
            "its body takes too many steps or makes too much text",
        ),
        (
            &captured,
            "its body takes too many steps or makes too much text",
        ),
        (&compared, "its body makes a list of its own"),
        (&format!("{lists}{{{{ x }}}}"), "its body"),
        (&format!("{lists}{{{{ x ~ 'canary' }}}}"), "its body"),
        (&format!("{lists}{{{{ x|upper }}}}"), "its body"),
        ("{% include 'canary' %}", "its body"),
        ("{% extends 'canary' %}", "its body"),
        ("{{ data.missing }}", "its body came out empty"),
        (" \n ", "its body came out empty"),
    ] {
        for kind in ["email", "slack", "teams", "pagerduty", "sms"] {
            let short: String = source.chars().take(80).collect();
            let written = body(kind, source);
            let problem = written
                .problem
                .unwrap_or_else(|| panic!("{kind} took {short}"));
            let told = problem
                .strip_prefix("the channel's template failed and the built-in one was used: ")
                .unwrap_or_else(|| panic!("{problem}"));
            assert!(told.starts_with(expected), "{kind} {short}: {told}");
            assert!(!problem.contains("canary"), "{problem}");
            let plain = write(&notification(kind, None));
            assert_eq!((written.subject, written.body), (plain.subject, plain.body));
        }
    }
}

#[test]
fn poison_in_other_parts_and_forms() {
    for (kind, template, expected) in [
        (
            "email",
            json!({"subject": "a\r\nBcc: canary@example.com", "body": "b"}),
            "its subject has a line break",
        ),
        (
            "slack",
            json!({"subject": "{{ 'a\\nb' }}", "body": "b"}),
            "its subject has a line break",
        ),
        (
            "email",
            json!({"subject": "{{ no }}", "body": "b"}),
            "its subject came out empty",
        ),
        (
            "email",
            json!({"subject": "{{", "body": "b"}),
            "its subject cannot be parsed",
        ),
        (
            "email",
            json!({"body": "b", "html": "{{"}),
            "its html cannot be parsed",
        ),
        (
            "email",
            json!({"subject": "canary"}),
            "it is not an object of subject, body and html",
        ),
        (
            "email",
            json!("canary"),
            "it is not an object of subject, body and html",
        ),
        (
            "webhook",
            json!({"body": "canary"}),
            "its body came out as something that is not json",
        ),
        (
            "webhook",
            json!({"body": "{\"a\": \"{{ data.title }}\"}"}),
            "its body came out as something that is not json",
        ),
    ] {
        let written = write(&notification(kind, Some(template.clone())));
        let problem = written
            .problem
            .unwrap_or_else(|| panic!("{kind} took {template}"));
        assert!(
            problem.contains(expected) && !problem.contains("canary"),
            "{problem}"
        );
        let plain = write(&notification(kind, None));
        assert_eq!((written.subject, written.body), (plain.subject, plain.body));
    }
    // What a kind does not use cannot spoil it.
    let written = write(&notification(
        "sms",
        Some(json!({"body": "b", "html": "{{"})),
    ));
    assert_eq!((written.body.as_str(), written.problem), ("b", None));
}

#[test]
fn a_payload_of_any_form_makes_a_message() {
    for payload in [
        "null",
        "1",
        "\"text\"",
        "[]",
        "{}",
        "{\"type\": 7, \"data\": 8}",
        "{\"type\": \"t\", \"data\": []}",
        "{\"type\":\"incident.triggered\",\"data\":{}}",
        "{\"type\":\"incident.triggered\",\"data\":{\"alerts\":7}}",
    ] {
        for kind in ["email", "slack", "teams", "pagerduty", "sms"] {
            for language in ["en", "de", "xx"] {
                let mut notification = notification(kind, None);
                notification.payload = payload.to_owned();
                notification.language = language.to_owned();
                let written = write(&notification);
                assert!(!written.subject.is_empty(), "{kind} {payload}");
                assert!(!written.body.is_empty(), "{kind} {payload}");
            }
        }
    }
    assert!(
        Message::read(
            &Notification {
                payload: "{".to_owned(),
                ..notification("sms", None)
            },
            None
        )
        .is_none()
    );
}

#[test]
fn text_from_outside_stands_on_one_line_and_in_one_direction() {
    let mut notification = notification("email", None);
    notification.payload = json!({
        "type": "incident.triggered",
        "data": {"title": "a\r\nBcc: x\u{0}\u{1b}[31m\u{202e}b\u{2028}c", "severity": "low"},
    })
    .to_string();
    let written = write(&notification);
    assert_eq!(written.subject, "[LOW] a  Bcc: x  [31mb c");
}

/// The longest payload that SQL makes is written in full, with room to spare.
#[test]
fn the_longest_payload_is_within_the_limits() {
    let reasons = vec![json!({"feature": "f".repeat(80), "direction": "above"}); 5];
    let alert = json!({
        "summary": "<&'\"*".repeat(80), "started_at": "2026-11-28T12:00:00Z", "explanation": reasons,
        "device": {"id": "d", "name": "&".repeat(200), "site": "s".repeat(200)},
    });
    let also =
        vec![json!({"incident_id": 1, "title": "<*".repeat(100), "severity": "critical"}); 20];
    for kind in ["email", "slack", "teams", "pagerduty", "sms"] {
        for language in ["en", "de"] {
            let mut notification = notification(kind, None);
            notification.language = language.to_owned();
            notification.payload = json!({
                "type": "incident.updated",
                "data": {"incident_id": 1, "title": "<&".repeat(200), "severity": "high", "state": "open",
                         "alerts": vec![alert.clone(); 10], "also": also, "also_count": 99},
            })
            .to_string();
            let written = write(&notification);
            let last = if language == "en" {
                "79 more"
            } else {
                "79 weitere"
            };
            if kind == "sms" {
                assert!(written.body.contains("99"), "{}", written.body);
            } else {
                assert!(
                    written.body.ends_with(last),
                    "{kind} {language}: {}",
                    written.body
                );
            }
            let html = written.html.unwrap_or_default();
            assert_eq!(html.contains(last), kind == "email", "{kind} {language}");
        }
    }
}
