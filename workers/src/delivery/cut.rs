//! Cuts text to the lengths that services take.

/// `text`, or its beginning and an ellipsis, in at most `most` UTF-16 units. Services count characters in one way or
/// another; no way of counting gives more than this one.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.encode_utf16().count() <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(1);
    let mut short: String = text
        .chars()
        .take_while(|c| match left.checked_sub(c.len_utf16()) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        })
        .collect();
    if most > 0 {
        short.push('…');
    }
    short
}

/// `text` in parts of at most `most` UTF-16 units that break between lines where they can.
pub(super) fn pieces(text: &str, most: usize) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut open = String::new();
    for line in text.lines() {
        let line = cut(line, most);
        let length = open.encode_utf16().count() + 1 + line.encode_utf16().count();
        if !open.is_empty() && length > most {
            pieces.push(std::mem::take(&mut open));
        }
        if !open.is_empty() {
            open.push('\n');
        }
        open.push_str(&line);
    }
    pieces.push(open);
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_text_is_left_alone_and_long_text_says_that_it_was_cut() {
        for (text, most, expected) in [
            ("", 0, ""),
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("äöüß", 3, "äö…"),
            ("a\u{1F514}b", 4, "a\u{1F514}b"),
            ("a\u{1F514}bc", 4, "a\u{1F514}…"),
            ("\u{1F514}\u{1F514}", 3, "\u{1F514}…"),
            ("\u{1F514}\u{1F514}", 2, "…"),
            ("abc", 0, ""),
        ] {
            assert_eq!(cut(text, most), expected, "{text:?} to {most}");
        }
    }

    #[test]
    fn pieces_break_between_lines() {
        assert_eq!(pieces("ab\ncd\n\nef", 5), ["ab\ncd", "ef"]);
        assert_eq!(pieces("abcdefgh\nij", 5), ["abcd…", "ij"]);
        assert_eq!(pieces("\n \n", 5), [""; 0]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_longer_than_asked(text in "(\\PC|\n|\u{1F514}){0,200}", most in 1_usize..40) {
            proptest::prop_assert!(cut(&text, most).encode_utf16().count() <= most);
            for piece in pieces(&text, most) {
                proptest::prop_assert!(piece.encode_utf16().count() <= most);
            }
        }
    }
}
