//! What all byte forms have in common: damage is found, and nothing in them is trusted.

use proptest::prelude::*;
use vigil_core::baseline::seasonal::Seasonal;
use vigil_core::codec::{HEADER_LEN, Kind, Writer};
use vigil_core::detector::{Detector, DetectorOptions, DetectorTrainer, Rows};
use vigil_core::drift::Samples;
use vigil_core::drift::categories::Categories;
use vigil_core::drift::distribution::Distribution;
use vigil_core::drift::ks::two_sample;
use vigil_core::forest::{Forest, ForestOptions, Trainer};
use vigil_core::multivariate::correlation;
use vigil_core::multivariate::covariance::Covariance;
use vigil_core::multivariate::mahalanobis::Mahalanobis;
use vigil_core::multivariate::pca::Pca;
use vigil_core::stats::{Statistic, Stats};
use vigil_core::trend::Trend;
use vigil_core::trend::series::Series;
use vigil_core::trend::{mann_kendall, theil_sen};
use vigil_core::{Error, ErrorKind};

/// A form: its kind, an example, and a decoder that also uses what it decoded.
type Form = (Kind, Vec<u8>, fn(&[u8]) -> Result<Vec<u8>, Error>);

fn stats() -> Vec<u8> {
    let mut stats = Stats::new();
    stats.push(10, &[1.0, f64::NAN, 3.0]).unwrap();
    stats.push(20, &[2.0, 5.0, f64::NAN, f64::NAN]).unwrap();
    stats.push(30, &[3.5]).unwrap();
    stats.to_bytes()
}

fn use_stats(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut stats = Stats::from_bytes(bytes)?;
    for _ in 0..3 {
        stats.merge(&stats.clone());
    }
    for statistic in Statistic::ALL {
        assert_eq!(stats.statistic(statistic).len(), stats.len());
    }
    Stats::from_bytes(bytes).map(|stats| stats.to_bytes())
}

fn trend() -> Vec<u8> {
    let mut trend = Trend::new();
    for (ts, value) in [(0, 1.0), (1_000_000, 2.5), (2_000_000, 3.0)] {
        trend.push(ts, value).unwrap();
    }
    trend.to_bytes()
}

fn use_trend(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut trend = Trend::from_bytes(bytes)?;
    trend.merge(&trend.clone());
    let _ = (
        trend.slope(),
        trend.fitted(i64::MAX),
        trend.p_value(),
        trend.r_squared(),
    );
    Trend::from_bytes(bytes).map(|trend| trend.to_bytes())
}

fn samples() -> Vec<u8> {
    let mut samples = Samples::new();
    for value in 0..5 {
        samples.push(f64::from(value), value % 2 == 0).unwrap();
    }
    samples.to_bytes()
}

fn use_samples(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let samples = Samples::from_bytes(bytes)?;
    let _ = two_sample(samples.reference(), samples.current());
    Ok(samples.to_bytes())
}

fn distribution() -> Vec<u8> {
    let mut distribution = Distribution::new();
    for value in 0..30 {
        distribution.push(f64::from(value).sin() * 1e3).unwrap();
    }
    for _ in 0..200 {
        distribution.push(0.0).unwrap();
    }
    distribution.to_bytes()
}

fn use_distribution(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut distribution = Distribution::from_bytes(bytes)?;
    let again = distribution.to_bytes();
    let _ = (distribution.quantile(0.3)?, distribution.relative_error());
    for _ in 0..3 {
        distribution.merge(&distribution.clone());
    }
    if distribution.n() > 0 {
        assert_eq!(distribution.ks_test(&distribution)?.statistic, 0.0);
        assert_eq!(distribution.wasserstein(&distribution)?, 0.0);
        let _ = distribution.psi(&distribution, 10)?;
    }
    Ok(again)
}

fn categories() -> Vec<u8> {
    let mut categories = Categories::new();
    for (name, is_current) in [("up", false), ("", true), ("down", true), ("up", true)] {
        categories.push(name, is_current).unwrap();
    }
    categories.to_bytes()
}

fn use_categories(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut categories = Categories::from_bytes(bytes)?;
    let again = categories.to_bytes();
    categories.merge(&categories.clone())?;
    let _ = categories.test();
    Ok(again)
}

fn rows() -> Covariance {
    let mut rows = Covariance::new();
    for n in 0..20 {
        let x = f64::from(n);
        rows.push(&[x.sin(), x.cos() + x, 7.0]).unwrap();
    }
    rows
}

fn use_covariance(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut state = Covariance::from_bytes(bytes)?;
    let again = state.to_bytes();
    for _ in 0..3 {
        state.merge(&state.clone())?;
    }
    // What a forged state says may contradict itself, which is an error and no panic.
    let _ = Mahalanobis::new(&state);
    let _ = Pca::new(&state, 1, &mut || ());
    let _ = correlation::changes(&state, &state);
    Ok(again)
}

fn use_mahalanobis(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let model = Mahalanobis::from_bytes(bytes)?;
    for row in [[1.0, 2.0, 3.0], [f64::NAN, -1e100, 1e100]] {
        let _ = model.distance(&row);
    }
    Ok(model.to_bytes())
}

fn use_pca(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let model = Pca::from_bytes(bytes)?;
    for row in [[1.0, 2.0, 3.0], [f64::NAN, -1e100, 1e100]] {
        let _ = model.reconstruction_error(&row);
    }
    Ok(model.to_bytes())
}

fn forest() -> Vec<u8> {
    let options = ForestOptions {
        n_trees: 3,
        sample_size: 8,
        ..ForestOptions::default()
    };
    let mut trainer = Trainer::new(options).unwrap();
    for row in 0..20 {
        trainer
            .push(&[f64::from(row * row % 7), f64::from(row), f64::NAN])
            .unwrap();
    }
    trainer.train(&mut || ()).unwrap().to_bytes()
}

fn use_forest(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let forest = Forest::from_bytes(bytes)?;
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.5] {
        let row = vec![value; forest.n_features()];
        let score = forest.score(&row)?;
        assert!((0.0..=1.0).contains(&score), "{score}");
        let shares = forest.explain(&row)?;
        assert!(shares.iter().all(|&share| share >= 0.0), "{shares:?}");
        assert!((shares.iter().sum::<f64>() - score).abs() <= 1e-12);
    }
    Ok(forest.to_bytes())
}

fn detector() -> Vec<u8> {
    let options = DetectorOptions {
        n_trees: Some(2),
        sample_size: Some(8),
        ..DetectorOptions::new(Rows::Table)
    };
    let mut trainer = DetectorTrainer::new(options);
    for row in 0..20 {
        trainer
            .push(&[f64::from(row * row % 7), f64::from(row), f64::NAN])
            .unwrap();
    }
    trainer.train(&mut || ()).unwrap().to_bytes()
}

fn use_detector(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let detector = Detector::from_bytes(bytes)?;
    for value in [f64::NAN, f64::MAX, f64::MIN, 1.5] {
        let row = vec![value; detector.n_features()];
        let score = detector.score(&row)?;
        assert!(score > 0.0 && score < 1.0, "{score}");
        let shares = detector.explain(&row)?;
        assert!(shares.iter().all(|&share| share >= 0.0), "{shares:?}");
        assert!((shares.iter().sum::<f64>() - score).abs() <= 1e-12);
    }
    Ok(detector.to_bytes())
}

fn seasonal() -> Vec<u8> {
    let mut seasonal = Seasonal::new("Europe/Berlin").unwrap();
    for hour in 0..30_i64 {
        let value = if hour < 3 { 1e-300 } else { hour as f64 };
        seasonal.push(hour * 3_600_000_000, value).unwrap();
    }
    seasonal.to_bytes()
}

fn use_seasonal(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut seasonal = Seasonal::from_bytes(bytes)?;
    seasonal.merge(&seasonal.clone()).unwrap();
    for hour in 0..168 {
        let local = hour * 3_600_000_000;
        let _ = (
            seasonal.expected(local),
            seasonal.spread(local),
            seasonal.z(local, 1e100),
        );
    }
    Seasonal::from_bytes(bytes).map(|seasonal| seasonal.to_bytes())
}

fn series() -> Vec<u8> {
    let mut series = Series::new();
    for row in 0..6_i32 {
        series
            .push(i64::from(row) * 1_000_000, f64::from(row), row % 2)
            .unwrap();
    }
    series.to_bytes()
}

fn use_series(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let series = Series::from_bytes(bytes)?;
    let points = series.points();
    let (x, y): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
    let _ = theil_sen::fit(&x, &y, 0.95, &mut || ())?;
    let _ = mann_kendall::seasonal(&series.seasons(), &mut || ())?;
    Ok(series.to_bytes())
}

fn forms() -> [Form; 12] {
    [
        (Kind::Series, series(), use_series),
        (Kind::Seasonal, seasonal(), use_seasonal),
        (Kind::Stats, stats(), use_stats),
        (Kind::Trend, trend(), use_trend),
        (Kind::Samples, samples(), use_samples),
        (Kind::Distribution, distribution(), use_distribution),
        (Kind::Categories, categories(), use_categories),
        (Kind::Covariance, rows().to_bytes(), use_covariance),
        (
            Kind::Mahalanobis,
            Mahalanobis::new(&rows()).unwrap().to_bytes(),
            use_mahalanobis,
        ),
        (
            Kind::Pca,
            Pca::new(&rows(), 2, &mut || ()).unwrap().to_bytes(),
            use_pca,
        ),
        (Kind::Forest, forest(), use_forest),
        (Kind::Detector, detector(), use_detector),
    ]
}

fn assert_corrupt(result: Result<Vec<u8>, Error>, what: &str) {
    let error = result.expect_err(what);
    assert_eq!(error.kind(), ErrorKind::CorruptData, "{what}: {error}");
}

/// A frame with right sums around any payload.
fn sealed(kind: Kind, payload: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new(kind, payload.len());
    writer.raw(payload);
    writer.finish()
}

fn payload(frame: &[u8]) -> &[u8] {
    &frame[HEADER_LEN..frame.len() - 4]
}

#[test]
fn forms_survive_a_round_trip() {
    for (kind, bytes, decode) in forms() {
        assert_eq!(decode(&bytes).unwrap(), bytes, "{kind:?}");
        assert_eq!(sealed(kind, payload(&bytes)), bytes, "{kind:?}");
    }
}

#[test]
fn every_flipped_bit_is_found() {
    for (kind, bytes, decode) in forms() {
        for bit in 0..8 * bytes.len() {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_corrupt(
                decode(&damaged),
                &format!("{kind:?} with bit {bit} flipped"),
            );
        }
    }
}

#[test]
fn every_other_length_is_found() {
    for (kind, bytes, decode) in forms() {
        for length in 0..bytes.len() {
            assert_corrupt(
                decode(&bytes[..length]),
                &format!("{kind:?} cut to {length}"),
            );
        }
        assert_corrupt(
            decode(&[&bytes[..], &[0]].concat()),
            &format!("{kind:?} and a byte"),
        );
    }
}

#[test]
fn a_form_is_not_taken_for_another() {
    for (kind, bytes, _) in forms() {
        for (other, _, decode) in forms() {
            if kind != other {
                assert_corrupt(decode(&bytes), &format!("{kind:?} as {other:?}"));
                let resealed = sealed(other, payload(&bytes));
                assert_corrupt(
                    decode(&resealed),
                    &format!("{kind:?} as resealed {other:?}"),
                );
            }
        }
    }
}

#[test]
fn a_newer_version_is_told_apart_from_damage() {
    for (kind, bytes, decode) in forms() {
        let mut newer = bytes[..bytes.len() - 4].to_vec();
        newer[4..6].copy_from_slice(&(kind.version() + 1).to_le_bytes());
        newer.extend(crc32fast::hash(&newer).to_le_bytes());
        let error = decode(&newer).unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::UnsupportedVersion,
            "{kind:?}: {error}"
        );
        newer[4..6].copy_from_slice(&[0, 0]);
        let end = newer.len() - 4;
        let crc = crc32fast::hash(&newer[..end]).to_le_bytes();
        newer[end..].copy_from_slice(&crc);
        assert_corrupt(decode(&newer), &format!("{kind:?} of version 0"));
    }
}

/// The header alone keys caches, so it must not be possible to change what it says about the content.
#[test]
fn a_wrong_content_hash_is_found_even_under_a_right_checksum() {
    for (kind, bytes, decode) in forms() {
        for at in 16..HEADER_LEN {
            let mut forged = bytes[..bytes.len() - 4].to_vec();
            forged[at] ^= 1;
            forged.extend(crc32fast::hash(&forged).to_le_bytes());
            assert_corrupt(decode(&forged), &format!("{kind:?} with another hash"));
        }
    }
}

/// Checksums stop accidents only. With the sums made right again, each changed byte must still give an error or a value
/// that works.
#[test]
fn forged_payloads_never_panic() {
    let mut refused = 0;
    for (kind, bytes, decode) in forms() {
        for at in 0..payload(&bytes).len() {
            for value in [0x00, 0x01, 0x7F, 0x80, 0xF0, 0xFF] {
                let mut forged = payload(&bytes).to_vec();
                forged[at] = value;
                match decode(&sealed(kind, &forged)) {
                    Ok(again) => assert_eq!(payload(&again), forged, "{kind:?} at {at}"),
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::CorruptData, "{kind:?} at {at}");
                        refused += 1;
                    }
                }
            }
            // Samples carry no count of the current side, so they may end after any value.
            let cut = &payload(&bytes)[..at];
            if kind != Kind::Samples || at % 8 != 0 {
                assert_corrupt(
                    decode(&sealed(kind, cut)),
                    &format!("{kind:?} resealed at {at}"),
                );
            }
        }
    }
    assert!(refused > 1000, "only {refused} forgeries were refused");
}

proptest! {
    #[test]
    fn random_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for (kind, _, decode) in forms() {
            assert_corrupt(decode(&bytes), &format!("{kind:?} of random bytes"));
        }
    }

    #[test]
    fn random_payloads_never_panic(payload in prop::collection::vec(any::<u8>(), 0..300)) {
        for (kind, _, decode) in forms() {
            if let Err(error) = decode(&sealed(kind, &payload)) {
                prop_assert_eq!(error.kind(), ErrorKind::CorruptData);
            }
        }
    }

    #[test]
    fn several_forged_bytes_never_panic(changes in prop::collection::vec((any::<u16>(), any::<u8>()), 1..8)) {
        for (kind, bytes, decode) in forms() {
            let mut forged = payload(&bytes).to_vec();
            for &(at, value) in &changes {
                let at = usize::from(at) % forged.len();
                forged[at] = value;
            }
            if let Err(error) = decode(&sealed(kind, &forged)) {
                prop_assert_eq!(error.kind(), ErrorKind::CorruptData);
            }
        }
    }
}
