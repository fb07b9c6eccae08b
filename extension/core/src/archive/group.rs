//! The rows that are not written yet, column by column.

use parquet::data_type::ByteArray;

/// Values of one metric that are not missing, and for each row whether its is among them.
#[derive(Debug, Default)]
pub(super) struct Metric {
    pub(super) values: Vec<f64>,
    pub(super) levels: Vec<i16>,
}

/// A row group in the making.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) streams: Vec<i32>,
    pub(super) devices: Vec<ByteArray>,
    pub(super) times: Vec<i64>,
    pub(super) widths: Vec<i32>,
    pub(super) metrics: Vec<Metric>,
}

impl Group {
    pub(super) fn new(metrics: usize) -> Self {
        Self {
            streams: Vec::new(),
            devices: Vec::new(),
            times: Vec::new(),
            widths: Vec::new(),
            metrics: (0..metrics).map(|_| Metric::default()).collect(),
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.streams.len()
    }

    /// Adds a row of at most as many values as there are metrics. The time is one of Parquet.
    pub(super) fn push(&mut self, stream_id: i32, device: &str, time: i64, values: &[f64]) {
        // Rows come device by device: the name is shared, not copied.
        let device = match self.devices.last() {
            Some(last) if last.data() == device.as_bytes() => last.clone(),
            _ => ByteArray::from(device),
        };
        self.streams.push(stream_id);
        self.devices.push(device);
        self.times.push(time);
        self.widths.push(values.len() as i32);
        let (present, beyond) = self.metrics.split_at_mut(values.len());
        for (metric, &value) in present.iter_mut().zip(values) {
            if value.is_nan() {
                metric.levels.push(0);
            } else {
                metric.levels.push(1);
                metric.values.push(value);
            }
        }
        for metric in beyond {
            metric.levels.push(0);
        }
    }

    /// Forgets the rows and keeps the room for the next ones.
    pub(super) fn clear(&mut self) {
        self.streams.clear();
        self.devices.clear();
        self.times.clear();
        self.widths.clear();
        for metric in &mut self.metrics {
            metric.values.clear();
            metric.levels.clear();
        }
    }
}
