//! Parquet files: what goes in comes out, and nothing else does.

use vigil_core::archive::{Contract, File, Row, Writer};

#[test]
fn smoke() {
    let c =
        Contract::from_json(r#"{"metrics":[{"name":"a"},{"name":"ts"},{"name":"c"}]}"#).unwrap();
    let mut w = Writer::new(&c, 1 << 30).unwrap();
    let mut rows = vec![];
    for i in 0..5000 {
        let mut values = vec![f64::from(i) * 0.5, f64::NAN, -0.0];
        values.truncate((i % 4) as usize);
        rows.push(Row {
            stream_id: i / 100,
            device: format!("d{}", i / 100),
            ts: i64::from(i) * 60_000_000,
            values,
        });
    }
    for r in &rows {
        w.push(r.stream_id, &r.device, r.ts, &r.values).unwrap();
    }
    let f = w.finish().unwrap();
    println!("{} bytes", f.len());
    let file = File::open(f).unwrap();
    println!("{:?}", file.info());
    let back: Vec<Row> = file.rows().map(|r| r.unwrap()).collect();
    assert_eq!(format!("{back:?}"), format!("{rows:?}"));
}
