//! How long an SMS is, in what is paid for.

/// Most segments of one message. Each is paid for, and a page that long is read elsewhere.
const MOST_SEGMENTS: usize = 3;
/// Units of a segment that is one of several: septets of GSM-7, or UTF-16 units.
const GSM_SEGMENT: usize = 153;
const UCS_SEGMENT: usize = 67;

/// Characters of GSM 03.38 that take one septet, beside line feed and ASCII letters and digits.
const BASIC: &str = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// Those that take two.
const EXTENDED: &str = "^{}\\[~]|€";

/// `text`, cut so that it and the link fit; the link is never cut.
pub(in crate::delivery) fn fitted(text: &str, link: Option<&str>) -> String {
    let end = link.map(|link| format!("\n{link}")).unwrap_or_default();
    let whole = format!("{text}{end}");
    if fits(&whole) {
        return whole;
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    // More text never takes less room, so the longest that fits can be searched for by halves.
    let most = ends.partition_point(|at| fits(&format!("{}...{end}", &text[..*at])));
    let kept = &text[..most.checked_sub(1).map_or(0, |last| ends[last])];
    format!("{}...{end}", kept.trim_end())
}

fn fits(text: &str) -> bool {
    match septets(text) {
        Some(septets) => septets <= MOST_SEGMENTS * GSM_SEGMENT,
        None => text.encode_utf16().count() <= MOST_SEGMENTS * UCS_SEGMENT,
    }
}

/// Length in GSM-7; none when a character is not in it, which makes the whole message UCS-2.
fn septets(text: &str) -> Option<usize> {
    text.chars()
        .map(|c| match c {
            _ if c.is_ascii_alphanumeric() || c == '\n' || BASIC.contains(c) => Some(1),
            _ if EXTENDED.contains(c) => Some(2),
            _ => None,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_counted_as_networks_do() {
        for (text, expected) in [
            ("", Some(0)),
            ("Pump 7 @ 80 %", Some(13)),
            ("äöüß ÄÖÜ é", Some(10)),
            ("[1] {a} €5", Some(10 + 5)),
            ("ç", None),
            ("…", None),
            ("\u{1F514}", None),
            ("`", None),
        ] {
            assert_eq!(septets(text), expected, "{text:?}");
        }
    }

    #[test]
    fn long_text_is_cut_and_the_link_is_whole() {
        let link = "https://vigil.example.com/rpc/acknowledge_link?token=abc";
        assert_eq!(fitted("short", None), "short");
        assert_eq!(fitted("short", Some(link)), format!("short\n{link}"));
        let gsm = fitted(&"a".repeat(1000), Some(link));
        assert_eq!(septets(&gsm), Some(3 * 153));
        assert!(gsm.ends_with(&format!("a...\n{link}")), "{gsm}");
        let ucs = fitted(&"ш".repeat(1000), Some(link));
        assert_eq!(ucs.encode_utf16().count(), 3 * 67);
        assert!(ucs.ends_with(&format!("ш...\n{link}")), "{ucs}");
        // One character far behind, beyond what is kept, changes nothing.
        let mixed = fitted(&format!("{}ш", "a".repeat(1000)), None);
        assert_eq!(septets(&mixed), Some(3 * 153));
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_longer_than_three_segments(text in "\\PC{0,600}", linked: bool) {
            let link = linked.then_some("https://vigil.example.com/rpc/acknowledge_link?token=abc");
            let sent = fitted(&text, link);
            proptest::prop_assert!(fits(&sent));
            proptest::prop_assert!(sent.encode_utf16().count() <= 1600);
            proptest::prop_assert!(link.is_none_or(|link| sent.ends_with(link)));
        }
    }
}
