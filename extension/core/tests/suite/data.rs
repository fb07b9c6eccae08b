//! Where test data lies.

use flate2::read::GzDecoder;
use serde_json::Value;
use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// The folder of real data and reference values, which is not part of the repository: `VIGIL_DATA`, or `shared/data`
/// beside the repository. Prints a line and returns `None` when it is absent.
pub(crate) fn folder(test: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder =
        std::env::var_os("VIGIL_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if folder.join("vectors.json").is_file() {
        return Some(folder);
    }
    println!(
        "SKIPPED {test}: no data in {}, set VIGIL_DATA",
        folder.display()
    );
    None
}

/// Prints a figure of the tests, and keeps it for the summary of `./dev test core`.
pub(crate) fn figure(line: &str) {
    println!("{line}");
    if let Some(path) = std::env::var_os("VIGIL_FIGURES") {
        let file = File::options().append(true).create(true).open(path);
        file.and_then(|mut file| writeln!(file, "{line}")).unwrap();
    }
}

/// Rows of a labelled machine without their first column, the minute, and last column, the label; and the labels.
pub(crate) fn machine(path: &Path) -> (Vec<Vec<f64>>, Vec<bool>) {
    let lines = BufReader::new(GzDecoder::new(File::open(path).unwrap()))
        .lines()
        .skip(1);
    lines
        .map(|line| {
            let line = line.unwrap();
            let mut row: Vec<f64> = line
                .split(',')
                .skip(1)
                .map(|cell| cell.parse().unwrap())
                .collect();
            let label = row.pop().unwrap();
            (row, label > 0.0)
        })
        .unzip()
}

thread_local! {
    /// The case that stands for all of them.
    static ONLY: RefCell<Option<Value>> = const { RefCell::new(None) };
}

/// Whether a test passes with one case instead of all.
pub(crate) fn passes_with(case: &Value, test: fn()) -> bool {
    ONLY.set(Some(case.clone()));
    let outcome = std::panic::catch_unwind(test);
    ONLY.set(None);
    outcome.is_ok()
}

/// Reference cases of one function: those committed here, and those of the data folder when there is one.
pub(crate) fn cases(function: &str) -> Vec<Value> {
    if let Some(only) = ONLY.with_borrow(Clone::clone) {
        return vec![only];
    }
    let committed = [
        include_str!("../fixtures/vectors.json"),
        include_str!("../fixtures/process.json"),
    ];
    let full = folder("the full set of reference cases")
        .map(|folder| std::fs::read_to_string(folder.join("vectors.json")).unwrap());
    let mut cases = Vec::new();
    for text in committed.map(str::to_owned).into_iter().chain(full) {
        let file: Value = serde_json::from_str(&text).unwrap();
        cases.extend(
            file["cases"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|case| case["fn"] == function)
                .cloned(),
        );
    }
    assert!(!cases.is_empty(), "no reference cases of {function}");
    cases
}

/// The numbers of a JSON array.
pub(crate) fn numbers(array: &Value) -> Vec<f64> {
    array
        .as_array()
        .unwrap()
        .iter()
        .map(|number| number.as_f64().unwrap())
        .collect()
}

/// Checks a result against an expected number, or against null for a result that must be undefined.
pub(crate) fn check(case: &Value, name: &str, expected: &Value, got: Option<f64>, rtol: f64) {
    let id = &case["id"];
    match (expected.as_f64(), got) {
        (None, None) => assert!(expected.is_null(), "{id}: {name} is not in the case"),
        (Some(expected), Some(got)) => {
            let tolerance = rtol * expected.abs().max(f64::MIN_POSITIVE);
            assert!(
                (got - expected).abs() <= tolerance,
                "{id}: {name} is {got:e}, not {expected:e}"
            );
        }
        (expected, got) => panic!("{id}: {name} is {got:?}, not {expected:?}"),
    }
}
