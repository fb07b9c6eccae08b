//! What all byte forms have in common: damage is found, and nothing in them is trusted.

use crate::entry::forms::{forms, payload, sealed};
use proptest::prelude::*;
use vigil_core::codec::{HEADER_LEN, Kind};
use vigil_core::{Error, ErrorKind};

fn assert_corrupt(result: Result<Vec<u8>, Error>, what: &str) {
    let error = result.expect_err(what);
    assert_eq!(error.kind(), ErrorKind::CorruptData, "{what}: {error}");
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
