//! Functions of series in order.

use super::numbers::Numbers;
use super::{answer, assert_probability};
use vigil_core::control::rules::Rules;
use vigil_core::control::{cusum, ewma, individuals, rules};
use vigil_core::trend::mann_kendall::{self, MannKendall};
use vigil_core::trend::series::Series;
use vigil_core::trend::theil_sen;
use vigil_core::{autocorrelation, changepoint};

/// Options, then the values of a series.
pub(crate) fn series(data: &[u8]) {
    let mut numbers = Numbers(data);
    let (lags, period, share) = (numbers.integer(), numbers.integer(), numbers.float());
    let (target, sigma, width) = (numbers.maybe(), numbers.maybe(), numbers.float());
    let x = numbers.values();
    let y = numbers.rest();
    trends(&x, &y, lags, period, share);
    autocorrelations(&y, lags);
    let penalty = target;
    for change in
        answer(changepoint::mean_changes(&y, penalty, period, &mut || ())).unwrap_or_default()
    {
        assert!(change.index < y.len() && change.before.is_finite() && change.after.is_finite());
    }
    charts(&y, target, sigma, share, width);
}

fn trends(x: &[f64], y: &[f64], lags: i32, period: i32, share: f64) {
    let length = x.len().min(y.len());
    let line = theil_sen::fit(&x[..length], &y[..length], share, &mut || ());
    if let Some(Some(line)) = answer(line) {
        assert!(!line.slope.is_nan() && !line.intercept.is_nan(), "{line:?}");
        assert!(
            line.interval.is_none_or(|(low, high)| low <= high),
            "{line:?}"
        );
    }
    let points: Vec<(f64, f64)> = (0..).map(f64::from).zip(y.iter().copied()).collect();
    let seasons = answer(mann_kendall::seasons(y, period)).unwrap_or_default();
    for result in [
        mann_kendall::test(&points, &mut || ()),
        mann_kendall::hamed_rao(&points, Some(lags), share, &mut || ()),
        mann_kendall::hamed_rao(&points, None, 0.05, &mut || ()),
        mann_kendall::seasonal(&seasons, &mut || ()),
    ] {
        if let Some(Some(MannKendall {
            tau_a,
            tau_b,
            p_value,
            ..
        })) = answer(result)
        {
            assert_probability(p_value);
            for tau in [tau_a, tau_b].into_iter().flatten() {
                assert!(tau.abs() <= 1.0 + 1e-12, "{tau}");
            }
        }
    }
    let mut series = Series::new();
    for (at, &value) in y.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
        answer(series.push(at as i64 * i64::from(period), value, lags));
    }
    assert_eq!(
        Series::from_bytes(&series.to_bytes()).unwrap().points(),
        series.points()
    );
}

fn autocorrelations(y: &[f64], lags: i32) {
    let lag = usize::try_from(lags).unwrap_or_default().min(2000);
    if let Some(Some(correlations)) = answer(autocorrelation::acf(y, lag, &mut || ())) {
        assert!(
            correlations.iter().all(|r| r.abs() <= 1.0 + 1e-9),
            "{correlations:?}"
        );
        assert_eq!(
            autocorrelation::pacf(&correlations).len(),
            correlations.len()
        );
    }
    if let Some(Some(test)) = answer(autocorrelation::ljung_box(y, lags, &mut || ())) {
        assert_probability(test.p_value);
    }
}

fn charts(y: &[f64], target: Option<f64>, sigma: Option<f64>, share: f64, width: f64) {
    let y = y.to_vec();
    if let Some(points) = answer(ewma::chart(y.clone(), target, sigma, share, width)) {
        assert_eq!(points.count(), y.len());
    }
    if let Some(points) = answer(cusum::chart(y.clone(), target, sigma, share, width)) {
        assert_eq!(points.count(), y.len());
    }
    if let Some(points) = answer(individuals::chart(y.clone(), target, sigma)) {
        assert_eq!(points.count(), y.len());
    }
    for set in [Rules::WesternElectric, Rules::Nelson] {
        if let Some(points) = answer(rules::chart(y.clone(), target, sigma, set)) {
            assert_eq!(points.count(), y.len());
        }
    }
}
