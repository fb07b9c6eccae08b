use super::{average_length, height_limit};
use serde_json::Value;

#[test]
fn average_lengths_are_those_of_scikit_learn() {
    let file: Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/vectors.json")).unwrap();
    let case = file["cases"]
        .as_array()
        .unwrap()
        .iter()
        .find(|case| case["fn"] == "iforest_c")
        .unwrap();
    let sizes = case["input"]["n"].as_array().unwrap();
    let expected = case["expected"]["sklearn"].as_array().unwrap();
    assert!(sizes.len() > 10 && sizes.len() == expected.len());
    for (n, expected) in sizes.iter().zip(expected) {
        let got = average_length(n.as_u64().unwrap().try_into().unwrap());
        let expected = expected.as_f64().unwrap();
        assert!(
            (got - expected).abs() <= case["rtol"].as_f64().unwrap() * expected,
            "c({n}) is {got}"
        );
    }
}

#[test]
fn height_limits_are_rounded_up() {
    assert_eq!(
        [1, 2, 3, 4, 5, 255, 256, 257, 65_536].map(height_limit),
        [0, 1, 2, 2, 3, 8, 8, 9, 16]
    );
}
