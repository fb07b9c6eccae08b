//! Anomalies that nobody would miss: found at 95 %, with at most 5 % false alarms.

use crate::forest::uniform;
use vigil_core::detector::{DetectorOptions, DetectorTrainer, Rows};

/// Readings of a device, a minute apart: battery, memory in use, temperature, crashes and signal, with a rhythm of days.
struct Device {
    uniform: Box<dyn FnMut() -> f64>,
}

impl Device {
    fn new(seed: u64) -> Self {
        Self {
            uniform: Box::new(uniform(seed)),
        }
    }

    fn noise(&mut self) -> f64 {
        (0..4).map(|_| (self.uniform)()).sum::<f64>() - 2.0
    }

    fn reading(&mut self, minute: usize) -> Vec<f64> {
        let day = (minute as f64 / 1440.0 * std::f64::consts::TAU).sin();
        vec![
            60.0 + 30.0 * day + self.noise(),
            2000.0 + 400.0 * day + 40.0 * self.noise(),
            31.0 + 2.0 * day + 0.4 * self.noise(),
            if (self.uniform)() < 0.02 { 1.0 } else { 0.0 },
            -70.0 + 4.0 * self.noise(),
        ]
    }

    /// A reading with one fault that stands out of all others.
    fn fault(&mut self, minute: usize) -> Vec<f64> {
        let mut reading = self.reading(minute);
        match minute % 5 {
            0 => reading[0] = 2.0,
            1 => reading[1] = 3900.0,
            2 => reading[2] = 47.0,
            3 => reading[3] = 12.0,
            _ => reading[4] = -118.0,
        }
        reading
    }
}

#[test]
fn obvious_anomalies_are_found_and_usual_readings_left_alone() {
    // A threshold that one reading in a hundred of the training exceeds; all else by default.
    let options = DetectorOptions {
        contamination: Some(0.01),
        ..DetectorOptions::new(Rows::History)
    };
    let mut trainer = DetectorTrainer::new(options);
    let mut device = Device::new(3);
    (0..2 * 1440).for_each(|minute| trainer.push(&device.reading(minute)).unwrap());
    let detector = trainer.train(&mut || ()).unwrap();
    let threshold = detector.threshold().unwrap();
    let share_above = |rows: Vec<Vec<f64>>| {
        let above = rows
            .iter()
            .filter(|row| detector.score(row).unwrap() > threshold);
        above.count() as f64 / rows.len() as f64
    };
    let mut device = Device::new(4);
    let found = share_above((0..300).map(|minute| device.fault(7 * minute)).collect());
    let mut device = Device::new(5);
    let false_alarms = share_above((0..1440).map(|minute| device.reading(minute)).collect());
    assert!(found >= 0.95, "{found} found");
    assert!(false_alarms <= 0.05, "{false_alarms} false alarms");
}
