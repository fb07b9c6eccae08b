//! Forecasts: exponential smoothing, seasons, intervals, limits.

use crate::data::{cases, check, numbers};
use proptest::prelude::*;
use serde_json::{Value, json};
use vigil_core::Error;
use vigil_core::forecast::smoothing::{State, Weights, run};
use vigil_core::forecast::{ForecastOptions, MAX_VALUES, Step, forecast};

const MISSING: f64 = f64::NAN;

fn next(values: &[f64], horizon: i32, options: &Value) -> Result<Vec<Step>, Error> {
    let options = ForecastOptions::from_json(options)?;
    forecast(values, horizon, &options, &mut || {})
}

fn values(steps: &[Step]) -> Vec<f64> {
    steps.iter().map(|step| step.value).collect()
}

fn noise(i: usize) -> f64 {
    2.0 * (i as f64 * 0.618_033_988_749_894_9).fract() - 1.0
}

/// Cases of a method, through the recursion and through the options.
fn reference(function: &str, model: &str) {
    for case in cases(function) {
        let series = numbers(&case["input"]["y"]);
        let (params, expected) = (&case["params"], &case["expected"]);
        let rtol = case["rtol"].as_f64().unwrap();
        let number = |name: &str, default: f64| params[name].as_f64().unwrap_or(default);
        let weights = Weights {
            alpha: number("alpha", 0.0),
            beta: number("beta", 0.0),
            gamma: number("gamma", 0.0),
            phi: number("phi", 1.0),
        };
        let season = params.get("s0").map(numbers).unwrap_or_default();
        let is_multiplicative = case["id"].as_str().unwrap().ends_with("/mul");
        let start = State::new(
            number("l0", 0.0),
            number("b0", 0.0),
            season.clone(),
            is_multiplicative,
        );
        let (_, fitted) = run(&series, start, &weights);
        let mut sse = 0.0;
        for (index, (fitted, want)) in fitted
            .iter()
            .zip(expected["fitted"].as_array().unwrap())
            .enumerate()
        {
            check(&case, "fitted", want, Some(*fitted), rtol);
            sse += (series[index] - fitted).powi(2);
        }
        if !expected["sse"].is_null() {
            check(&case, "sse", &expected["sse"], Some(sse), rtol);
        }
        let wanted = expected["forecast"].as_array().unwrap();
        let mut options = json!({"model": model, "alpha": weights.alpha, "l0": number("l0", 0.0)});
        if model != "ses" {
            options["beta"] = json!(weights.beta);
            options["phi"] = json!(weights.phi);
            options["b0"] = json!(number("b0", 0.0));
        }
        if model == "holt_winters" {
            options["gamma"] = json!(weights.gamma);
            options["periods"] = json!([season.len()]);
            options["s0"] = json!(season);
            options["seasonal"] = json!(if is_multiplicative {
                "multiplicative"
            } else {
                "additive"
            });
        }
        let steps = next(&series, wanted.len() as i32, &options).unwrap();
        assert_eq!(steps.len(), wanted.len());
        for (step, want) in steps.iter().zip(wanted) {
            check(&case, "forecast", want, Some(step.value), rtol);
            assert!(
                step.lower < step.value && step.value < step.upper,
                "{}",
                case["id"]
            );
        }
    }
}

#[test]
pub(crate) fn simple_exponential_smoothing() {
    reference("ses", "ses");
}

#[test]
pub(crate) fn holts_trend() {
    reference("holt", "holt");
}

#[test]
pub(crate) fn holt_winters_season() {
    reference("holt_winters", "holt_winters");
}

#[test]
fn intervals_are_those_of_the_formulas() {
    // Simple smoothing by a half: the variance grows by a quarter each step. Errors: 1 of 2 degrees of freedom.
    let options = json!({"model": "ses", "alpha": 0.5, "l0": 0.0});
    let steps = next(&[1.0, 0.5, 0.5, -0.5], 3, &options).unwrap();
    let sigma = ((1.0 + 0.0 + 0.0 + 1.0_f64) / 4.0).sqrt();
    for (ahead, step) in steps.iter().enumerate() {
        assert_eq!(step.value, 0.0);
        let half = 1.959_963_984_540_054 * sigma * (1.0 + 0.25 * ahead as f64).sqrt();
        assert!((step.upper - half).abs() < 1e-12, "{} {half}", step.upper);
        assert_eq!(step.lower, -step.upper);
    }
    // The formula for the others, and the paths, agree where both can be had: a season of 1 that changes nothing.
    let series: Vec<f64> = (0..60).map(|i| 100.0 + noise(i)).collect();
    let common = json!({"model": "holt_winters", "periods": [2], "alpha": 0.4, "beta": 0.2, "gamma": 0.0, "l0": 100.0, "b0": 0.0});
    let with = |more: Value| {
        let mut options = common.clone();
        for (name, value) in more.as_object().unwrap() {
            options[name] = value.clone();
        }
        next(&series, 12, &options).unwrap()
    };
    let formula = with(json!({"s0": [0, 0]}));
    let paths = with(json!({"s0": [1, 1], "seasonal": "multiplicative"}));
    for (formula, paths) in formula.iter().zip(paths) {
        assert!((formula.value - paths.value).abs() < 1e-9);
        let (wide, width) = (formula.upper - formula.lower, paths.upper - paths.lower);
        assert!((wide / width - 1.0).abs() < 0.2, "{wide} {width}");
    }
}

#[test]
fn models_find_what_is_there() {
    let line: Vec<f64> = (0..40).map(|i| 5.0 + 0.5 * f64::from(i)).collect();
    for model in ["auto", "ets", "holt"] {
        let steps = next(&line, 3, &json!({"model": model})).unwrap();
        for (step, want) in values(&steps).into_iter().zip([25.0, 25.5, 26.0]) {
            assert!((step - want).abs() < 1e-3, "{model}: {step} {want}");
        }
    }
    let seasons = |i: usize| {
        let turn = |period: f64| (i as f64 * std::f64::consts::TAU / period).sin();
        50.0 + 10.0 * turn(24.0) + 5.0 * turn(168.0) + 0.2 * noise(i)
    };
    let series: Vec<f64> = (0..1000).map(seasons).collect();
    let steps = next(&series, 48, &json!({"periods": [168, 24]})).unwrap();
    for (ahead, step) in steps.iter().enumerate() {
        assert!(
            (step.value - seasons(1000 + ahead)).abs() < 1.5,
            "{ahead}: {step:?}"
        );
        assert!(step.lower < step.value && step.value < step.upper);
    }
    let day = |i: usize| 20.0 + i as f64 * 0.1 + [0.0, 3.0, 5.0, -8.0][i % 4];
    let series: Vec<f64> = (0..80).map(day).collect();
    let additive = next(
        &series,
        8,
        &json!({"model": "holt_winters", "periods": [4]}),
    )
    .unwrap();
    let options = json!({"model": "holt_winters", "periods": [4], "seasonal": "multiplicative"});
    let multiplicative = next(&series, 8, &options).unwrap();
    for ahead in 0..8 {
        assert!((additive[ahead].value - day(80 + ahead)).abs() < 1e-6);
        assert!((multiplicative[ahead].value - day(80 + ahead)).abs() < 1.0);
    }
}

#[test]
fn intervals_hold_about_their_share() {
    // A random walk: of the next values of 200 of them, about 80 %.
    let mut random = 1_u64;
    let mut uniform = || {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as f64 / f64::from(1_u32 << 31) - 0.5
    };
    let mut inside = 0;
    for _ in 0..200 {
        let mut walk = vec![100.0];
        for _ in 0..60 {
            let step = uniform() + uniform() + uniform();
            walk.push(walk.last().unwrap() + step);
        }
        let steps = next(&walk[..56], 5, &json!({"level": 0.8})).unwrap();
        let step = steps[4];
        inside += u32::from((step.lower..step.upper).contains(&walk[60]));
    }
    assert!((140..=180).contains(&inside), "{inside}");
}

#[test]
fn gaps_are_filled() {
    let whole: Vec<f64> = (0..30).map(f64::from).collect();
    let mut gaps = vec![MISSING; 3];
    gaps.extend(&whole);
    gaps[8] = MISSING;
    gaps[9] = MISSING;
    for model in ["ets", "ses", "holt"] {
        let options = json!({"model": model});
        assert_eq!(
            next(&gaps, 4, &options),
            next(&whole, 4, &options),
            "{model}"
        );
    }
    let mut late = whole;
    late.push(MISSING);
    let options = json!({"model": "ses", "alpha": 1, "l0": 0});
    assert_eq!(values(&next(&late, 1, &options).unwrap()), [29.0]);
    assert_eq!(next(&[MISSING; 5], 4, &json!({})), Ok(Vec::new()));
    assert_eq!(next(&[], 4, &json!({})), Ok(Vec::new()));
}

#[test]
fn constants_go_on() {
    for model in ["auto", "ets", "ses", "holt"] {
        for value in [0.0, 0.1, -1e100, 1e-300] {
            let steps = next(&[value; 20], 2, &json!({"model": model})).unwrap();
            let step = Step {
                value,
                lower: value,
                upper: value,
            };
            assert_eq!(steps, [step, step], "{model}");
        }
    }
    assert_eq!(
        values(&next(&[7.0; 50], 3, &json!({"periods": [4]})).unwrap()),
        [7.0; 3]
    );
}

#[test]
fn the_unit_does_not_matter() {
    let series: Vec<f64> = (0..200).map(|i| 3.0 + noise(i) + (i % 7) as f64).collect();
    for options in [
        json!({"periods": [7]}),
        json!({"model": "holt_winters", "periods": [7]}),
        json!({"model": "ets"}),
    ] {
        let plain = next(&series, 3, &options).unwrap();
        for unit in [2f64.powi(320), 2f64.powi(-900)] {
            let scaled: Vec<f64> = series.iter().map(|value| value * unit).collect();
            let steps = next(&scaled, 3, &options).unwrap();
            for (step, plain) in steps.iter().zip(&plain) {
                for (a, b) in [
                    (step.value, plain.value),
                    (step.lower, plain.lower),
                    (step.upper, plain.upper),
                ] {
                    assert!((a / unit - b).abs() < 1e-9, "{options}: {a} {b}");
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_forecast_is_refused() {
    let series: Vec<f64> = (0..30).map(|i| noise(i as usize)).collect();
    let refusal = |values: &[f64], options: Value| next(values, 1, &options).unwrap_err();
    for (options, needed) in [
        (json!({}), 10),
        (json!({"model": "ses"}), 3),
        (json!({"model": "holt"}), 5),
        (json!({"model": "holt_winters", "periods": [20]}), 40),
        (json!({"periods": [4, 16]}), 32),
    ] {
        let short = &series[..series.len().min(needed - 1)];
        assert_eq!(
            refusal(short, options),
            Error::TooFewValues(needed, short.len())
        );
    }
    for horizon in [i32::MIN, 0, 1001] {
        let refused = next(&series, horizon, &json!({})).unwrap_err();
        assert!(matches!(
            refused,
            Error::Argument {
                name: "horizon",
                ..
            }
        ));
    }
    assert_eq!(
        refusal(&vec![1.0; MAX_VALUES + 1], json!({})),
        Error::SeriesTooLong(MAX_VALUES)
    );
    assert_eq!(
        refusal(&[1.0, f64::INFINITY], json!({})),
        Error::ValueOutOfRange(2)
    );
    assert_eq!(
        refusal(&[1.0, 2.0, -1e101], json!({})),
        Error::ValueOutOfRange(3)
    );
    let multiplicative =
        json!({"model": "holt_winters", "periods": [4], "seasonal": "multiplicative"});
    assert_eq!(refusal(&series, multiplicative), Error::NotPositive);
    for options in [
        json!({"model": "arima"}),
        json!({"model": "mstl"}),
        json!({"model": "holt_winters"}),
        json!({"periods": 24}),
        json!({"periods": [1]}),
        json!({"periods": [5001]}),
        json!({"periods": [2, 3, 4, 5]}),
        json!({"level": 1}),
        json!({"level": 0}),
        json!({"alpha": 1.1}),
        json!({"phi": 0}),
        json!({"l0": 1e101}),
        json!({"s0": 1}),
        json!({"model": "holt_winters", "periods": [4], "s0": [1, 2]}),
        json!({"seasonal": true}),
        json!({"damped": 1}),
    ] {
        let refused = refusal(&series, options.clone());
        assert!(
            matches!(refused, Error::InvalidOption { .. }),
            "{options}: {refused}"
        );
    }
    assert_eq!(
        refusal(&series, json!({"x": 1})).to_string(),
        "unknown option \"x\""
    );
    assert_eq!(refusal(&series, json!([])), Error::OptionsNotAnObject);
}

fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -100.0..100.0_f64,
        1 => Just(MISSING),
        1 => Just(0.0),
        1 => prop::sample::select(vec![1e100, -1e100, 1e-300, 5e-324, 1e50]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn anything_has_a_defined_answer(
        series in prop::collection::vec(any_value(), 0..60),
        horizon in 1..40_i32,
        model in prop::sample::select(vec!["auto", "ets", "mstl", "ses", "holt", "holt_winters"]),
        period in 2_usize..9,
        damped in any::<bool>(),
        seasonal in prop::sample::select(vec!["additive", "multiplicative"]),
    ) {
        let options = json!({"model": model, "periods": [period], "damped": damped, "seasonal": seasonal});
        match next(&series, horizon, &options) {
            Ok(steps) => {
                prop_assert!(steps.is_empty() || steps.len() == horizon as usize);
                for step in steps {
                    prop_assert!((step.lower + step.value + step.upper).is_finite());
                    prop_assert!(step.lower <= step.upper);
                }
            }
            Err(error) => prop_assert!(
                matches!(error, Error::TooFewValues(..) | Error::NotPositive | Error::NoForecast),
                "{error}"
            ),
        }
    }
}
