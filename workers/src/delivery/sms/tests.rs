use super::*;

fn settings(change: serde_json::Value) -> Settings {
    let mut settings = serde_json::json!({"account_sid": "AC1", "from": "+15550100"});
    for (key, value) in change.as_object().expect("an object") {
        settings[key] = value.clone();
    }
    serde_json::from_value(settings).expect("settings")
}

#[test]
fn forms_hold_what_twilio_wants() {
    let number = settings(serde_json::json!({}));
    assert_eq!(
        form(&number, "+15550101", "a&b=ä\n1").expect("a form"),
        "To=%2B15550101&From=%2B15550100&ValidityPeriod=900&Body=a%26b%3D%C3%A4%0A1"
    );
    let service =
        settings(serde_json::json!({"messaging_service_sid": "MG1", "validity_seconds": 60}));
    assert_eq!(
        form(&service, "+1", "x").expect("a form"),
        "To=%2B1&MessagingServiceSid=MG1&ValidityPeriod=60&Body=x"
    );
    let neither = settings(serde_json::json!({"from": null}));
    assert!(form(&neither, "+1", "x").is_err());
}

#[test]
fn an_account_is_a_name_and_no_path() {
    let url = |account: &str, endpoint: Option<&str>| {
        endpoint_of(&settings(
            serde_json::json!({"account_sid": account, "endpoint": endpoint}),
        ))
    };
    assert_eq!(
        url("AC1", None).expect("a url"),
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
    );
    assert_eq!(
        url("AC1", Some("http://127.0.0.1:1/sms/")).expect("a url"),
        "http://127.0.0.1:1/sms/2010-04-01/Accounts/AC1/Messages.json"
    );
    for account in ["", "../AC1", "AC1/x", "AC1?x", "AC1#x", "ÄC"] {
        assert!(url(account, None).is_err(), "{account}");
    }
}

#[test]
fn several_recipients_have_one_outcome() {
    let delivered = || Outcome::Delivered {
        status: 201,
        detail: None,
    };
    let permanent = || Outcome::permanent("opted out");
    for (outcomes, name, detail) in [
        (vec![delivered(), delivered()], "delivered", None),
        (
            vec![delivered(), permanent()],
            "delivered",
            Some("not all of 2 recipients: opted out"),
        ),
        (
            vec![permanent(), permanent()],
            "permanent",
            Some("opted out"),
        ),
        (
            vec![delivered(), Outcome::retry("later"), permanent()],
            "retry",
            Some("later"),
        ),
        (
            vec![],
            "permanent",
            Some("nobody to send to; set the channel's to"),
        ),
    ] {
        let outcome = together(outcomes);
        assert_eq!((outcome.name(), outcome.detail()), (name, detail));
    }
}
