//! Tests of the public interface, one file per subject.

// Clippy sees tests in #[test] functions only, not in what they call.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod archive;
mod baseline;
mod bytes;
mod changepoint;
mod clustering;
mod control;
mod coverage;
mod data;
mod detector;
mod drift;
mod drift_counts;
mod drift_distribution;
mod drift_vectors;
#[path = "../../fuzz/entry/mod.rs"]
mod entry;
mod explanations;
mod forecast;
mod forest;
mod forest_bytes;
mod forest_kinds;
mod forest_options;
mod forest_scores;
mod fuzz;
mod multivariate;
mod obvious;
mod quality;
mod robust_trend;
mod stats;
mod trend;
mod vector;
mod vectors;
