//! Every byte form of the crate: an example, and a decoder that also uses what it decoded.

use vigil_core::Error;
use vigil_core::baseline::seasonal::Seasonal;
use vigil_core::clustering::kmeans::{self, KMeans, KMeansOptions};
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

/// A form: its kind, an example, and a decoder that also uses what it decoded.
pub(crate) type Form = (Kind, Vec<u8>, fn(&[u8]) -> Result<Vec<u8>, Error>);

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

fn kmeans() -> Vec<u8> {
    let options = KMeansOptions::default();
    let mut trainer = kmeans::Trainer::new(2, options).unwrap();
    for i in 0..20 {
        let x = f64::from(i);
        trainer.push(&[x.sin(), x * 1e3]).unwrap();
    }
    trainer.train(&mut || {}).unwrap().to_bytes()
}

fn use_kmeans(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let model = KMeans::from_bytes(bytes)?;
    for row in [[1.0, 2.0], [f64::NAN, -1e100], [f64::NAN, f64::NAN]] {
        let _ = model.nearest(&row);
    }
    assert!(model.clusters().iter().all(|cluster| cluster.size > 0));
    let _ = model.info();
    Ok(model.to_bytes())
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
    let _ = two_sample(samples.reference(), samples.current(), &mut || {});
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

pub(crate) fn forms() -> [Form; 13] {
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
        (Kind::KMeans, kmeans(), use_kmeans),
        (Kind::Forest, forest(), use_forest),
        (Kind::Detector, detector(), use_detector),
    ]
}

/// A frame with right sums around any payload.
pub(crate) fn sealed(kind: Kind, payload: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new(kind, payload.len());
    writer.raw(payload);
    writer.finish()
}

pub(crate) fn payload(frame: &[u8]) -> &[u8] {
    &frame[HEADER_LEN..frame.len() - 4]
}
