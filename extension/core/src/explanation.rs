//! Why a row has its score: the score shared out over the features, in one way for all kinds of models.

use crate::forest::TypicalRange;

/// Widths of its typical range beyond which a value is as far out as can be told. A feature that was constant but for a
/// few training rows has no width, and any other value would be infinitely many widths away.
const FARTHEST: f64 = 1e4;
/// What a value within its typical range can count for, as far as it lies from the median. Little beside values outside
/// of it, but in rows that are odd only in their combination it is all there is.
const WITHIN: f64 = 0.25;
/// What is shared out by credits instead of evidence, so that a row that is hardly out anywhere blames no feature for all
/// of its score.
const CREDITED: f64 = 1.0;

/// How far out a value is, measured by the width of the feature's typical range (1st to 99th percentile): the logarithm
/// of one plus the distance outside of the range, and a quarter of the distance from the median within it. 0 at the
/// median; NaN when it is missing.
///
/// The logarithm is the surprise at a value under tails that fall off by a power, as those of measurements do; without
/// it the one feature with the narrowest range has all of the score. `docs/detectors.md` has what else was tried.
pub(crate) fn evidence(range: &TypicalRange, value: f64) -> f64 {
    if value.is_nan() {
        return f64::NAN;
    }
    let width = range.high - range.low;
    let widths = |distance: f64| {
        if distance > 0.0 {
            (distance / width).min(FARTHEST)
        } else {
            0.0
        }
    };
    let outside = widths((value - range.high).max(range.low - value));
    let off = widths((value - range.median).abs());
    libm::log1p(outside) + WITHIN * off.min(1.0)
}

/// Evidence of the code of a category: whether it is the usual one. Codes have no distances.
pub(crate) fn evidence_of_category(range: &TypicalRange, code: f64) -> f64 {
    if code.is_nan() {
        f64::NAN
    } else if code == range.median {
        0.0
    } else {
        WITHIN
    }
}

/// Contribution of each feature to `score`: at least 0, with the score as their sum. Shared out by `evidence`, and one
/// unit of it by `credits`, what the model itself holds against each feature. Missing values (NaN as evidence)
/// contribute 0. Without any evidence and credit the features that are there share equally, or else all of them.
pub(crate) fn contributions(score: f64, mut evidence: Vec<f64>, credits: &[f64]) -> Vec<f64> {
    let present = |share: &f64| !share.is_nan();
    let credited: f64 = (evidence.iter().zip(credits))
        .filter(|(share, _)| present(share))
        .map(|(_, credit)| credit)
        .sum();
    let unit = if credited > 0.0 {
        CREDITED / credited
    } else {
        0.0
    };
    let nowhere = credited <= 0.0 && !evidence.iter().any(|&share| share > 0.0);
    let nothing = !evidence.iter().any(present);
    let mut total = 0.0;
    for (share, credit) in evidence.iter_mut().zip(credits) {
        *share = match share.is_nan() {
            true => f64::from(u8::from(nothing)),
            false if nowhere => 1.0,
            false => *share + unit * credit,
        };
        total += *share;
    }
    for share in &mut evidence {
        // Not by the quotient of the two numbers, which is infinite for the smallest totals.
        *share = score * (*share / total);
    }
    evidence
}
