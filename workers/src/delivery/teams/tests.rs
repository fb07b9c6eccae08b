use super::*;
use crate::delivery::fixtures;
use crate::template::Fact;

fn message() -> Message {
    fixtures::written(&fixtures::notification("teams", "page", "en")).0
}

fn items(card: &str) -> Vec<Value> {
    let card: Value = serde_json::from_str(card).expect("json");
    card["attachments"][0]["content"]["body"]
        .as_array()
        .expect("items")
        .clone()
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(16))]
    #[test]
    fn cards_stay_small_enough(
        piece in "(\\PC|\\*|\"|\u{1F514}){1,6}", times in 0_usize..900, lines in 0_usize..30, facts in 0_usize..14,
    ) {
        let long = piece.repeat(times);
        let written = Written {
            subject: long.clone() + "x",
            body: vec![long.as_str(); lines].join("\n"),
            html: None,
            facts: vec![Fact { name: "Name".to_owned(), value: long }; facts],
            problem: None,
        };
        let card = card(&message(), &written);
        proptest::prop_assert!(card.len() <= LARGEST);
        proptest::prop_assert!(!items(&card).is_empty());
    }
}

#[test]
fn items_at_the_end_are_left_out_first() {
    let written = Written {
        subject: "subject".to_owned(),
        body: (0..12)
            .map(|n| format!("{n} {}", "x".repeat(2500)))
            .collect::<Vec<_>>()
            .join("\n"),
        html: None,
        facts: vec![Fact {
            name: "Severity".to_owned(),
            value: "high".to_owned(),
        }],
        problem: None,
    };
    let items = items(&card(&message(), &written));
    assert_eq!(items[0]["text"], "subject");
    assert_eq!(items[1]["facts"][0]["value"], "high");
    let texts: Vec<&str> = items[2..]
        .iter()
        .filter_map(|item| item["text"].as_str())
        .collect();
    assert_eq!(texts.len(), 7, "each of about 2,600 bytes");
    for (at, text) in texts.iter().enumerate() {
        assert!(text.starts_with(&format!("{at} ")));
    }
}
