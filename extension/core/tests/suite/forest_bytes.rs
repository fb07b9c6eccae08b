//! The byte form of a forest, read by its description alone.

use crate::forest::{rows, train};
use vigil_core::codec::{Kind, Writer};
use vigil_core::forest::{Forest, ForestOptions, digest};
use vigil_core::{Error, ErrorKind};

/// A node of a tree: feature and threshold of a split, or the training rows of a leaf.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LayoutNode {
    pub(crate) split: Option<(u16, f64)>,
    pub(crate) size: u32,
    pub(crate) depth: u32,
    left: usize,
}

/// An independent, slow reader and scorer of model bytes.
pub(crate) struct LayoutReader {
    sample_size: u32,
    pub(crate) trees: Vec<Vec<LayoutNode>>,
}

impl LayoutReader {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut rest = &bytes[32..bytes.len() - 4];
        let mut take = |n: usize| {
            let (head, tail) = rest.split_at(n);
            rest = tail;
            head.to_vec()
        };
        let number = |bytes: Vec<u8>| {
            bytes
                .iter()
                .rev()
                .fold(0_u64, |number, &byte| number << 8 | u64::from(byte))
        };
        let double = |bytes: Vec<u8>| f64::from_le_bytes(bytes.try_into().unwrap());
        let [n_trees, sample_size, _, n_features] = [(); 4].map(|()| number(take(4)));
        // A forest with the default options: the median for missing values, no threshold, no categories.
        assert_eq!(take(4), [0, 0, 1, 0]);
        take(3 * 8 + 7 * 8);
        assert_eq!(take(3), [0, 0, 0]);
        for _ in 0..n_features {
            let seen = take(1)[0];
            take(24 * usize::from(seen));
        }
        let trees = (0..n_trees)
            .map(|_| {
                let mut tree: Vec<LayoutNode> = Vec::new();
                let mut depths = vec![0];
                while tree.len() < depths.len() {
                    let depth = depths[tree.len()];
                    let feature = number(take(2)) as u16;
                    tree.push(if feature == u16::MAX {
                        LayoutNode {
                            split: None,
                            size: number(take(4)) as u32,
                            depth,
                            left: 0,
                        }
                    } else {
                        let left = depths.len();
                        depths.extend([depth + 1; 2]);
                        LayoutNode {
                            split: Some((feature, double(take(8)))),
                            size: 0,
                            depth,
                            left,
                        }
                    });
                }
                tree
            })
            .collect();
        assert!(rest.is_empty());
        Self {
            sample_size: sample_size as u32,
            trees,
        }
    }

    pub(crate) fn score(&self, row: &[f64]) -> f64 {
        let average = |n: u32| match n {
            0 | 1 => 0.0,
            2 => 1.0,
            n => {
                2.0 * (f64::from(n - 1).ln() + 0.577_215_664_901_532_9)
                    - 2.0 * f64::from(n - 1) / f64::from(n)
            }
        };
        let lengths = self.trees.iter().map(|tree| {
            let mut node = &tree[0];
            while let Some((feature, threshold)) = node.split {
                node = &tree[node.left + usize::from(row[usize::from(feature)] > threshold)];
            }
            f64::from(node.depth) + average(node.size)
        });
        let mean = lengths.sum::<f64>() / self.trees.len() as f64;
        (-mean / average(self.sample_size)).exp2()
    }
}

/// Other bytes on another machine or compiler would break what has been stored and compared.
#[test]
fn the_bytes_of_a_fixed_model_never_change() {
    let mut training = rows(3000, 7, 42);
    training
        .iter_mut()
        .step_by(11)
        .for_each(|row| row[3] = f64::NAN);
    let options = ForestOptions {
        n_trees: 20,
        seed: 42,
        reservoir: Some(500),
        ..ForestOptions::default()
    };
    let forest = train(options, &training);
    let bytes = forest.to_bytes();
    let header: String = bytes[..32]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        header,
        "5649474c01000300ee4d000000000000a406c583abdcf789906215caebd5cee6"
    );
    let score = forest
        .score(&[0.5, -0.5, 1.0, f64::NAN, 0.0, 2.0, -1.0])
        .unwrap();
    assert_eq!(score.to_bits(), 0.551_323_205_472_985_6_f64.to_bits());
}

/// A model of one tree over 4 rows with one feature, as fields that a test can change.
#[derive(Clone)]
struct Fields {
    shape: [u32; 4],
    /// Metric, missing values, features in a split, whether reach counts.
    kind: [u8; 4],
    contamination: Vec<f64>,
    categorical: Vec<u16>,
    rows: [u64; 3],
    scores: [f64; 7],
    range: [f64; 3],
    /// Feature and threshold of a split, or a feature beyond all and the rows of a leaf.
    nodes: Vec<(u16, f64)>,
}

const LEAF: u16 = u16::MAX;

impl Fields {
    /// Trees, sample size, height limit, features; seed, rows, rows of the reservoir.
    fn valid() -> Self {
        Self {
            shape: [1, 4, 2, 1],
            kind: [0, 0, 1, 0],
            contamination: vec![0.1, 0.6],
            categorical: Vec::new(),
            rows: [0, 5, 4],
            scores: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7],
            range: [-1.0, 0.0, 1.0],
            nodes: vec![(0, 0.5), (LEAF, 1.0), (0, 0.7), (LEAF, 2.0), (LEAF, 1.0)],
        }
    }

    fn read(&self) -> Result<Forest, Error> {
        let mut out = Writer::new(Kind::Forest, 0);
        self.shape.iter().for_each(|&field| out.u32(field));
        self.kind.iter().for_each(|&field| out.u8(field));
        self.rows.iter().for_each(|&field| out.u64(field));
        self.scores.iter().for_each(|&score| out.f64(score));
        out.u8(u8::from(!self.contamination.is_empty()));
        self.contamination.iter().for_each(|&field| out.f64(field));
        out.u16(self.categorical.len() as u16);
        self.categorical.iter().for_each(|&field| out.u16(field));
        out.u8(1);
        self.range.iter().for_each(|&value| out.f64(value));
        for &(feature, value) in &self.nodes {
            out.u16(feature);
            if feature == LEAF {
                out.u32(value as u32);
            } else {
                out.f64(value);
            }
        }
        Forest::from_bytes(&out.finish())
    }
}

/// What is wrong, and how to make it so.
type Forgery = (&'static str, fn(&mut Fields));

/// What a right checksum cannot vouch for.
#[test]
fn impossible_models_are_refused() {
    assert!(Fields::valid().read().is_ok());
    let cases: [Forgery; 31] = [
        ("no trees", |f| f.shape[0] = 0),
        ("more trees than bytes", |f| f.shape[0] = 2),
        ("too many trees", |f| f.shape[0] = 10_001),
        ("a sample of one row", |f| f.shape[1] = 1),
        ("a sample of another size", |f| f.shape[1] = 3),
        ("no height", |f| f.shape[2] = 0),
        ("a height over the limit", |f| f.shape[2] = 61),
        ("a tree over its height", |f| f.shape[2] = 1),
        ("no features", |f| f.shape[3] = 0),
        ("too many features", |f| f.shape[3] = 16_385),
        ("fewer rows than the reservoir", |f| f.rows[1] = 3),
        ("a reservoir below the sample", |f| f.rows[2] = 3),
        ("scores out of order", |f| f.scores[3] = 0.9),
        ("a negative score", |f| f.scores[0] = -0.1),
        ("a score above one", |f| f.scores[6] = 1.1),
        ("a score that is no number", |f| f.scores[2] = f64::NAN),
        ("a range out of order", |f| f.range[2] = -0.5),
        ("an infinite range", |f| f.range[2] = f64::INFINITY),
        ("a split on a feature that is not there", |f| {
            f.nodes[2].0 = 1;
        }),
        ("a threshold that is no number", |f| {
            f.nodes[2].1 = f64::NAN;
        }),
        ("an empty leaf", |f| {
            (f.nodes[1].1, f.nodes[3].1) = (0.0, 3.0);
        }),
        ("leaves that do not add up", |f| f.nodes[3].1 = 1.0),
        ("an unknown metric", |f| f.kind[0] = 2),
        ("unknown missing values", |f| f.kind[1] = 2),
        ("splits without features", |f| f.kind[2] = 0),
        ("splits with too many features", |f| f.kind[2] = 9),
        ("an unknown reach", |f| f.kind[3] = 2),
        ("a contamination of most", |f| f.contamination[0] = 0.6),
        ("a contamination of none", |f| f.contamination[0] = 0.0),
        ("a negative threshold", |f| f.contamination[1] = -0.1),
        ("a category that is not there", |f| f.categorical = vec![1]),
    ];
    for (what, change) in cases {
        let mut fields = Fields::valid();
        change(&mut fields);
        let error = fields.read().expect_err(what);
        assert_eq!(error.kind(), ErrorKind::CorruptData, "{what}: {error}");
    }
}

#[test]
fn a_default_model_is_compact() {
    let forest = train(ForestOptions::default(), &rows(2000, 38, 1));
    let bytes = forest.to_bytes();
    assert!(bytes.len() < 150_000, "{} bytes", bytes.len());
    assert_eq!(Forest::from_bytes(&bytes).unwrap().to_bytes(), bytes);
}

#[test]
fn the_digest_identifies_the_content_by_its_first_32_bytes() {
    let rows = rows(300, 2, 2);
    let options = |seed| ForestOptions {
        n_trees: 2,
        seed,
        ..ForestOptions::default()
    };
    let (a, b) = (
        train(options(1), &rows).to_bytes(),
        train(options(2), &rows).to_bytes(),
    );
    assert_eq!(digest(&a[..32]), digest(&a));
    assert_eq!(digest(&a), digest(&train(options(1), &rows).to_bytes()));
    assert!(digest(&a).is_some() && digest(&a) != digest(&b));
    assert_eq!(digest(&a[..31]), None);
    assert_eq!(digest(&[0; 64]), None);
    assert_eq!(digest(&vigil_core::stats::Stats::new().to_bytes()), None);
}
