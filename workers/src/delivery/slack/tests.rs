use super::*;
use crate::template::Fact;

fn units(value: &Value) -> usize {
    value.as_str().expect("a text").encode_utf16().count()
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(16))]
    /// Long texts are short ones over and over: to make long ones at random takes longer than to test them.
    #[test]
    fn messages_stay_within_slacks_limits(
        piece in "(\\PC|&|<|\u{1F514}){1,6}", times in 0_usize..900, lines in 0_usize..80, facts in 0_usize..14,
    ) {
        let long = piece.repeat(times);
        let written = Written {
            subject: long.clone() + "x",
            body: Medium::Slack.escape(&vec![long.as_str(); lines].join("\n")),
            html: None,
            facts: vec![Fact { name: "Name".to_owned(), value: long }; facts],
            problem: None,
        };
        let message = message(&written);
        let blocks = message["blocks"].as_array().expect("blocks");
        proptest::prop_assert!(blocks.len() <= 50);
        proptest::prop_assert!(units(&message["text"]) <= 3000);
        proptest::prop_assert!(units(&blocks[0]["text"]["text"]) <= 150);
        for block in &blocks[1..] {
            if let Some(fields) = block["fields"].as_array() {
                proptest::prop_assert!(fields.len() <= 10);
                for field in fields {
                    proptest::prop_assert!(units(&field["text"]) <= 2000);
                }
            } else {
                let text = block["text"]["text"].as_str().expect("a text");
                proptest::prop_assert!(units(&block["text"]["text"]) <= 3000);
                // No entity is cut in half.
                for (at, _) in text.match_indices('&') {
                    proptest::prop_assert!(
                        ["&amp;", "&lt;", "&gt;"].iter().any(|entity| text[at..].starts_with(entity))
                    );
                }
                proptest::prop_assert!(!text.contains('<'));
            }
        }
    }
}

#[test]
fn a_link_is_whole_or_absent() {
    let link = format!(
        "{}<https://vigil.example.com/x|Acknowledge>",
        "a".repeat(2980)
    );
    assert_eq!(shortened(&link, 3000), format!("{}…", "a".repeat(2980)));
    assert_eq!(
        shortened("<https://v.example|A>", 3000),
        "<https://v.example|A>"
    );
}
