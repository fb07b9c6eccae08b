//! The `Retry-After` header: seconds or an HTTP date (RFC 9110, section 10.2.3).

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The longest wait a receiver can ask for. A page that a receiver could put off for a day would be no page.
pub const LONGEST: Duration = Duration::from_secs(3600);

/// The wait asked for, between one second and one hour; longer waits are cut to an hour. None when the header is
/// absent, says zero or a moment that has passed, or is neither digits nor an HTTP date.
pub fn parse(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a u64 holds is a very long wait, not a malformed one.
        value.parse().map_or(LONGEST, Duration::from_secs)
    } else {
        // The moment is one of the receiver's clock, and the answer's Date says what that shows. Ours may be wrong.
        let now = headers
            .get(DATE)
            .and_then(|date| date.to_str().ok())
            .and_then(|date| httpdate::parse_http_date(date.trim()).ok())
            .unwrap_or(now);
        // Whole seconds, rounded up: returning early would break the promise.
        let wait = httpdate::parse_http_date(value)
            .ok()?
            .duration_since(now)
            .ok()?;
        Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    };
    (!wait.is_zero()).then(|| wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    /// 1994-11-06 08:49:37 UTC, the instant of the examples in RFC 9110.
    const NOW: u64 = 784_111_777;

    fn parsed(value: &str) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(
            RETRY_AFTER,
            HeaderValue::from_bytes(value.as_bytes()).expect("a header value"),
        );
        parse(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(NOW))
            .map(|wait| wait.as_secs())
    }

    #[test]
    fn table() {
        for (value, expected) in [
            ("1", Some(1)),
            ("120", Some(120)),
            (" 120 ", Some(120)),
            ("0120", Some(120)),
            ("3600", Some(3600)),
            ("3601", Some(3600)),
            ("1000000000", Some(3600)),
            ("18446744073709551615", Some(3600)),
            ("99999999999999999999999999", Some(3600)),
            ("0", None),
            ("-1", None),
            ("+5", None),
            ("1.5", None),
            ("1e9", None),
            ("NaN", None),
            ("inf", None),
            ("", None),
            (" ", None),
            ("soon", None),
            ("5 seconds", None),
            ("٣", None),
            // The three date forms of RFC 9110, 30 seconds ahead.
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("Sunday, 06-Nov-94 08:50:07 GMT", Some(30)),
            ("Sun Nov  6 08:50:07 1994", Some(30)),
            // Now, past, far ahead.
            ("Sun, 06 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:49:36 GMT", None),
            ("Thu, 01 Jan 1970 00:00:00 GMT", None),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(3600)),
            // Malformed dates.
            ("Sun, 06 Nov 1994 08:50:07", None),
            ("Sun, 31 Feb 1994 08:50:07 GMT", None),
            ("Sun, 06 Nov 1994 25:00:00 GMT", None),
            ("1994-11-06T08:50:07Z", None),
        ] {
            assert_eq!(parsed(value), expected, "{value:?}");
        }
    }

    #[test]
    fn absent_or_not_text_is_ignored() {
        assert_eq!(parse(&HeaderMap::new(), SystemTime::now()), None);
        let mut headers = HeaderMap::new();
        headers.insert(
            RETRY_AFTER,
            HeaderValue::from_bytes(b"\xff\xfe").expect("an opaque header value"),
        );
        assert_eq!(parse(&headers, SystemTime::now()), None);
    }

    #[test]
    fn a_date_is_rounded_up_to_whole_seconds() {
        let mut headers = HeaderMap::new();
        headers.insert(
            RETRY_AFTER,
            HeaderValue::from_static("Sun, 06 Nov 1994 08:49:39 GMT"),
        );
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(NOW * 1000 + 500);
        assert_eq!(parse(&headers, now), Some(Duration::from_secs(2)));
    }

    #[test]
    fn a_date_counts_from_the_date_of_the_answer() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            (RETRY_AFTER, "Sun, 06 Nov 1994 08:50:07 GMT"),
            (DATE, "Sun, 06 Nov 1994 08:49:47 GMT"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let a_day_late = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW + 86_400);
        assert_eq!(parse(&headers, a_day_late), Some(Duration::from_secs(20)));
        headers.insert(DATE, HeaderValue::from_static("some day"));
        assert_eq!(parse(&headers, a_day_late), None);
    }
}
