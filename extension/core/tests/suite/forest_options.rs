//! Training options and refusals.

use serde_json::json;
use vigil_core::forest::{ForestOptions, Metric, Missing, Trainer};
use vigil_core::{Error, ErrorKind};

#[test]
fn absent_and_null_options_keep_defaults() {
    let defaults = ForestOptions::default();
    for options in [
        json!(null),
        json!({}),
        json!({"max_depth": null, "seed": null, "n_trees": null}),
    ] {
        assert_eq!(ForestOptions::from_json(&options), Ok(defaults.clone()));
    }
    assert_eq!(
        (defaults.n_trees, defaults.sample_size, defaults.seed),
        (100, 256, 0)
    );
}

#[test]
fn all_options_are_read() {
    let options = json!({
        "n_trees": 7, "sample_size": 64, "max_depth": 5, "seed": 9_007_199_254_740_993_u64, "reservoir": 1000,
        "ndim": 3, "pooled_gain": 0.25, "averaged_gain": 0.5, "tries": 4, "penalize_range": false, "metric": "density",
        "missing": "both", "categorical": [3, 1, 3], "contamination": 0.01
    });
    let expected = ForestOptions {
        n_trees: 7,
        sample_size: 64,
        max_depth: Some(5),
        seed: 9_007_199_254_740_993,
        reservoir: Some(1000),
        ndim: 3,
        pooled_gain: 0.25,
        averaged_gain: 0.5,
        tries: 4,
        penalize_range: false,
        metric: Metric::Density,
        missing: Missing::Both,
        categorical: vec![0, 2],
        contamination: Some(0.01),
    };
    assert_eq!(ForestOptions::from_json(&options), Ok(expected));
    let seed = ForestOptions::from_json(&json!({"seed": "18446744073709551615"}))
        .unwrap()
        .seed;
    assert_eq!(seed, u64::MAX);
}

#[test]
fn bad_options_are_refused_by_name() {
    for (options, message) in [
        (json!([1]), "options must be a json object"),
        (json!("x"), "options must be a json object"),
        (json!({"trees": 1}), "unknown option \"trees\""),
        (
            json!({"ndim": 9}),
            "option \"ndim\" must be an integer from 1 to 8",
        ),
        (
            json!({"pooled_gain": 1.5}),
            "option \"pooled_gain\" must be a number from 0 to 1",
        ),
        (
            json!({"pooled_gain": 0.6, "averaged_gain": 0.6}),
            "option \"pooled_gain\" must be a probability that, with averaged_gain, is at most 1",
        ),
        (
            json!({"metric": "depth ", "ndim": 2}),
            "option \"metric\" must be \"depth\" or \"density\"",
        ),
        (
            json!({"metric": "density", "penalize_range": true}),
            "option \"metric\" must be \"depth\" together with penalize_range",
        ),
        (
            json!({"missing": 1}),
            "option \"missing\" must be \"median\" or \"both\"",
        ),
        (
            json!({"penalize_range": "yes"}),
            "option \"penalize_range\" must be true or false",
        ),
        (
            json!({"categorical": [0]}),
            "option \"categorical\" must be an array of positions of features, counted from 1",
        ),
        (
            json!({"contamination": 0.51}),
            "option \"contamination\" must be a number above 0 and up to 0.5",
        ),
        (
            json!({"n_trees": 0}),
            "option \"n_trees\" must be an integer from 1 to 10000",
        ),
        (
            json!({"n_trees": 10_001}),
            "option \"n_trees\" must be an integer from 1 to 10000",
        ),
        (
            json!({"n_trees": 1.5}),
            "option \"n_trees\" must be an integer from 1 to 10000",
        ),
        (
            json!({"n_trees": "1"}),
            "option \"n_trees\" must be an integer from 1 to 10000",
        ),
        (
            json!({"n_trees": -1}),
            "option \"n_trees\" must be an integer from 1 to 10000",
        ),
        (
            json!({"sample_size": 1}),
            "option \"sample_size\" must be an integer from 2 to 131072",
        ),
        (
            json!({"sample_size": 1e18}),
            "option \"sample_size\" must be an integer from 2 to 131072",
        ),
        (
            json!({"max_depth": 0}),
            "option \"max_depth\" must be an integer from 1 to 60",
        ),
        (
            json!({"max_depth": 61}),
            "option \"max_depth\" must be an integer from 1 to 60",
        ),
        (
            json!({"seed": -1}),
            "option \"seed\" must be an integer from 0 to 18446744073709551615",
        ),
        (
            json!({"seed": "x"}),
            "option \"seed\" must be an integer from 0 to 18446744073709551615",
        ),
        (
            json!({"reservoir": true}),
            "option \"reservoir\" must be an integer from 2 to 10000000",
        ),
        (
            json!({"reservoir": 255}),
            "option \"reservoir\" must be an integer from 256 to 10000000",
        ),
        // 4 million rows over all trees.
        (
            json!({"n_trees": 201, "sample_size": 65_536}),
            "option \"n_trees\" must be an integer from 1 to 200",
        ),
    ] {
        let error = ForestOptions::from_json(&options).unwrap_err();
        assert_eq!(error.to_string(), message, "{options}");
        assert_eq!(error.kind(), ErrorKind::InvalidParameter);
        assert!(
            error.hint().ends_with('.') && error.hint().len() > 20,
            "{}",
            error.hint()
        );
    }
    let impossible = ForestOptions {
        sample_size: 1,
        ..ForestOptions::default()
    };
    assert!(Trainer::new(impossible).is_err());
}

#[test]
fn large_samples_enlarge_the_default_reservoir() {
    let options = ForestOptions::from_json(&json!({"sample_size": 65_536, "n_trees": 1})).unwrap();
    assert!(Trainer::new(options).is_ok());
}

#[test]
fn bad_rows_are_refused() {
    let mut trainer = Trainer::new(ForestOptions::default()).unwrap();
    assert_eq!(trainer.push(&[]), Err(Error::VectorEmpty));
    assert_eq!(
        trainer.push(&vec![0.0; 16_385]),
        Err(Error::VectorTooLong(16_385))
    );
    trainer.push(&[1.0, f64::NAN]).unwrap();
    assert_eq!(
        trainer.push(&[1.0]),
        Err(Error::RowLength {
            expected: 2,
            got: 1
        })
    );
    assert_eq!(
        trainer.push(&[1.0, f64::NEG_INFINITY]),
        Err(Error::ValueNotFinite(2))
    );
    assert_eq!(trainer.rows(), 1);
}

#[test]
fn a_sample_must_fit_into_the_reservoir() {
    // 64 MiB hold 512 rows of 16384 doubles.
    let wide = vec![0.0; 16_384];
    let train = |sample_size| {
        let options = ForestOptions {
            sample_size,
            ..ForestOptions::default()
        };
        Trainer::new(options).unwrap().push(&wide)
    };
    assert_eq!(train(512), Ok(()));
    assert_eq!(
        train(513),
        Err(Error::ReservoirTooSmall {
            sample_size: 513,
            n_features: 16_384
        })
    );
}

#[test]
fn too_few_rows_and_rows_that_never_vary_are_refused() {
    let mut trainer = Trainer::new(ForestOptions::default()).unwrap();
    let error = trainer.train(&mut || ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "training needs at least sample_size (256) rows, got 0"
    );
    for _ in 0..255 {
        trainer.push(&[1.0, f64::NAN]).unwrap();
    }
    let error = trainer.train(&mut || ()).unwrap_err();
    assert_eq!(
        error,
        Error::TooFewRows {
            sample_size: 256,
            rows: 255
        }
    );
    // A missing value counts as the median, so this column does not vary either.
    trainer.push(&[f64::NAN, f64::NAN]).unwrap();
    assert_eq!(trainer.train(&mut || ()).unwrap_err(), Error::NothingVaries);
    trainer.push(&[2.0, f64::NAN]).unwrap();
    assert!(trainer.train(&mut || ()).is_ok());
}

#[test]
fn a_category_must_be_a_feature() {
    let options = ForestOptions::from_json(&json!({"categorical": [3]})).unwrap();
    assert_eq!(
        Trainer::new(options).unwrap().push(&[1.0, 2.0]),
        Err(Error::CategoricalPosition {
            position: 3,
            n_features: 2
        })
    );
}
