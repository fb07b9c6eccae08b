//! Parquet files: what goes in comes out, and nothing else does.

use crate::entry::archive::resealed;
use proptest::prelude::*;
use vigil_core::archive::{Contract, File, Info, Row, Writer};
use vigil_core::{Error, ErrorKind, Result};

const LIMIT: usize = 1 << 30;

fn contract(names: &[&str]) -> Contract {
    let metrics: Vec<_> = names
        .iter()
        .map(|name| serde_json::json!({ "name": name }))
        .collect();
    Contract::from_json(&serde_json::json!({ "metrics": metrics }).to_string()).unwrap()
}

fn file(contract: &Contract, rows: &[Row]) -> Vec<u8> {
    let mut writer = Writer::new(contract, LIMIT).unwrap();
    for row in rows {
        writer
            .push(row.stream_id, &row.device, row.ts, &row.values)
            .unwrap();
    }
    writer.finish().unwrap()
}

fn read(bytes: &[u8]) -> Result<Vec<Row>> {
    File::open(bytes.to_vec())?.rows().collect()
}

/// Whether rows are the same to the last bit.
fn assert_same(left: &[Row], right: &[Row]) {
    assert_eq!(left.len(), right.len());
    for (a, b) in left.iter().zip(right) {
        assert_eq!(
            (a.stream_id, &a.device, a.ts, a.values.len()),
            (b.stream_id, &b.device, b.ts, b.values.len())
        );
        for (x, y) in a.values.iter().zip(&b.values) {
            assert!(x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan());
        }
    }
}

/// Ten streams of two metrics, one of them often missing, and vectors of all lengths.
fn example(rows: usize) -> Vec<Row> {
    (0..rows)
        .map(|n| {
            let x = n as f64;
            let second = if n % 3 == 0 { f64::NAN } else { x.sin() };
            let mut values = vec![(x / 7.0).round() / 10.0, second];
            values.truncate(n % 5);
            Row {
                stream_id: (n / 10) as i32,
                device: format!("device {}", n / 10),
                ts: n as i64 * 60_000_000,
                values,
            }
        })
        .collect()
}

#[test]
fn a_file_is_the_same_each_time_and_says_what_is_in_it() {
    let contract = contract(&["a", "b"]);
    let rows = example(100);
    let bytes = file(&contract, &rows);
    assert_eq!(bytes, file(&contract, &rows));
    let opened = File::open(bytes).unwrap();
    assert_eq!(opened.contract(), &contract);
    let points = rows.iter().flat_map(|row| &row.values);
    let expected = Info {
        rows: 100,
        row_groups: 1,
        points: points.filter(|value| !value.is_nan()).count() as u64,
        time_range: Some((0, 99 * 60_000_000)),
    };
    assert_eq!(opened.info(), Ok(expected));
    let empty = File::open(file(&contract, &[])).unwrap();
    assert_eq!(empty.info().unwrap().time_range, None);
    assert_eq!(empty.rows().count(), 0);
}

#[test]
fn many_rows_make_several_row_groups() {
    let contract = contract(&[]);
    let rows: Vec<Row> = (0..2_500_000)
        .map(|n| Row {
            stream_id: n,
            device: String::new(),
            ts: i64::from(n),
            values: Vec::new(),
        })
        .collect();
    let bytes = file(&contract, &rows);
    let info = File::open(bytes.clone()).unwrap().info().unwrap();
    assert_eq!((info.rows, info.row_groups), (2_500_000, 3));
    assert_same(&read(&bytes).unwrap(), &rows);
}

#[test]
fn values_of_every_kind_of_column_come_back() {
    // Few values, many rounded ones, noise, and one that is always missing: each is encoded in its own way.
    let contract = contract(&["few", "rounded", "noise", "missing", "noise again"]);
    let rows: Vec<Row> = (0..20_000)
        .map(|n| {
            let noise = (f64::from(n) * 1e3).sin();
            Row {
                stream_id: 1,
                device: "d".into(),
                ts: i64::from(n) * 1000,
                values: vec![
                    f64::from(n % 7),
                    (noise * 1e4).round() / 1e4,
                    noise * 1e-300,
                    f64::NAN,
                    f64::from(n / 10_000) + (f64::from(n % 10_000) * 1e3).sin(),
                ],
            }
        })
        .collect();
    assert_same(&read(&file(&contract, &rows)).unwrap(), &rows);
}

#[test]
fn awkward_names_and_times_come_back() {
    let names = [
        "ts",
        "TS",
        "ts_",
        "width",
        "ä€🦀",
        "a.b",
        "\"",
        " ",
        "vigil.xxh3_128\u{18} 0",
    ];
    let contract = contract(&names);
    let columns = [
        "ts__",
        "TS_",
        "ts_",
        "width_",
        "ä€🦀",
        "a.b",
        "\"",
        " ",
        "vigil.xxh3_128\u{18} 0",
    ];
    assert_eq!(contract.columns(), columns);
    let rows = [-211_813_488_000_000_000, 0, i64::MAX - 946_684_800_000_000].map(|ts| Row {
        stream_id: i32::MIN,
        device: "vigil.xxh3_128\u{18} 00000000000000000000000000000000".into(),
        ts,
        values: vec![-0.0, 0.0, 5e-324, -1e100, f64::NAN],
    });
    let bytes = file(&contract, &rows);
    assert_same(&read(&bytes).unwrap(), &rows);
    assert_eq!(File::open(bytes).unwrap().contract(), &contract);
}

#[test]
fn what_a_file_cannot_hold_is_refused() {
    let contract = contract(&["a"]);
    let mut writer = Writer::new(&contract, LIMIT).unwrap();
    let wide = writer.push(1, "d", 0, &[1.0, 2.0]).unwrap_err();
    assert_eq!(
        wide,
        Error::RowTooWide {
            values: 2,
            metrics: 1
        }
    );
    let late = writer.push(1, "d", i64::MAX - 1, &[1.0]).unwrap_err();
    assert_eq!(late, Error::TimeOutOfRange);
    let mut small = Writer::new(&contract, 600).unwrap();
    small.push(1, "d", 0, &[1.0]).unwrap();
    let long = small.finish().unwrap_err();
    assert_eq!(long.kind(), ErrorKind::LimitExceeded);
    for error in [wide, late, long] {
        assert!(!error.hint().is_empty());
    }
}

#[test]
fn contracts_name_every_metric_once() {
    for bad in [
        "",
        "[]",
        "{}",
        "{\"metrics\": {}}",
        "{\"metrics\": [1]}",
        "{\"metrics\": [{\"name\": \"\"}]}",
        "{\"metrics\": [{\"name\": 1}]}",
        "{\"metrics\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}",
    ] {
        let error = Contract::from_json(bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidParameter, "{bad}");
    }
    assert!(Contract::from_json(&"[".repeat(100_000)).is_err());
}

#[test]
fn every_flipped_bit_and_every_cut_is_noticed() {
    let bytes = file(&contract(&["a", "b"]), &example(200));
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            let error = read(&damaged).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::CorruptData, "byte {at}, bit {bit}");
        }
        assert_eq!(
            read(&bytes[..at]).unwrap_err().kind(),
            ErrorKind::CorruptData
        );
    }
    assert!(read(&[bytes, vec![0]].concat()).is_err());
}

#[test]
fn forged_files_are_read_or_refused() {
    // Under a hash that matches, so that the reader sees them.
    let bytes = file(&contract(&["a", "b"]), &example(200));
    let (mut answered, mut refused) = (0, 0);
    for at in 0..bytes.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff, bytes[at] ^ 1, bytes[at] ^ 0x40] {
            let mut forged = bytes.clone();
            forged[at] = value;
            match resealed(forged).map(|forged| read(&forged)) {
                Some(Err(error)) => {
                    assert!(
                        matches!(
                            error.kind(),
                            ErrorKind::CorruptData | ErrorKind::UnsupportedVersion
                        ),
                        "{error}"
                    );
                    refused += 1;
                }
                Some(Ok(rows)) => {
                    assert!(rows.len() <= 100_000);
                    answered += 1;
                }
                None => {}
            }
        }
    }
    assert!(answered > 100 && refused > 100, "{answered} {refused}");
}

fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(f64::NAN),
        Just(-0.0),
        Just(0.0),
        (-5_i32..5).prop_map(f64::from),
        any::<f64>().prop_filter("measurements are finite", |value| value.is_finite()),
    ]
}

proptest! {
    #[test]
    fn any_rows_come_back(
        width in 0_usize..=5,
        rows in prop::collection::vec(
            (any::<i32>(), ".{0,3}", -211_813_488_000_000_000..9_222_000_000_000_000_000_i64, prop::collection::vec(any_value(), 0..6)),
            0..60,
        ),
    ) {
        let names = ["ts", "b", "c", "d", "e"];
        let rows: Vec<Row> = rows
            .into_iter()
            .map(|(stream_id, device, ts, mut values)| {
                values.truncate(width);
                Row { stream_id, device, ts, values }
            })
            .collect();
        let bytes = file(&contract(&names[..width]), &rows);
        assert_same(&read(&bytes).unwrap(), &rows);
    }
}
